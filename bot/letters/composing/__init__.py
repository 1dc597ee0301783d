"""The letter's words, and the four forms that they become."""
