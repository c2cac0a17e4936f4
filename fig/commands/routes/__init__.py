"""Commands about routes: status, token. They work without the shop."""
