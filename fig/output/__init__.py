"""What people read in the terminal: `tables`, `progress`, `breakers` in words."""
