"""Commands about data: verify, repair, rebuild, lag, feed, deadletters, events."""
