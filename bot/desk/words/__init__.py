"""What members of staff ask and tell in words: understood, looked up, asked back before anything changes."""
