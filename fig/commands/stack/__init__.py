"""Commands about the stack: up, down, status, restart, kill, logs."""
