"""Measures the assistant: how well it answers, how fast, and what it needs. `python -m bench --help`."""
