"""What a worker counts and logs: `metrics`, latency `histogram`, `accesslog`."""
