"""Slack: requests verified, kept, acknowledged, and worked on afterwards; posts as Block Kit."""
