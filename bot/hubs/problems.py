"""What cannot be done with a hub."""


class HubProblem(ValueError):
    """What was asked of a hub or leader cannot be done; the text is one line that says how to mend it."""
