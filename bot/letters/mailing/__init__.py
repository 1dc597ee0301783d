"""Letters to a whole area: who gets one, how they leave, what came of it."""
