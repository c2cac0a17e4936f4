"""What the accounts keep, for how long, and what decides by it."""

from chassis.retention import LOG_AGE, MIRROR_FLOOR, POSITION, log_age, tombstones

RULES = (tombstones("mirror", "gone"), MIRROR_FLOOR, POSITION, LOG_AGE)
NOTE = log_age(["mirror"])
