"""Reminders to those of whom nothing was heard."""
