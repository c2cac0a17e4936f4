"""Commands about routes: init, check, status, explain, flip, facade. They work without the shop."""
