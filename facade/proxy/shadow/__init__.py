"""Copies to the other side: `copies` sends them, `pair` collects both `answers` for comparison."""
