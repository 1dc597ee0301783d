"""A school's interest in taking part: who holds a place, who waits, and everything that happens to it."""
