"""The doors: each translates, verifies, and hands over to bot.conversation."""
