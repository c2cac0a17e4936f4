"""Commands about routes: check, explain, flip, facade. They work without the shop."""
