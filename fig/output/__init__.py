"""What people read in the terminal: `progress` while the stack comes up, `breakers` in words."""
