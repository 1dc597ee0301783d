"""Why something cannot be done for a person yet."""


class StillNeeded(ValueError):
    """Something cannot be erased yet; the text is one line that says what to do first."""
