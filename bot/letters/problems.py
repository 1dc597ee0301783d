"""What can be wrong with letters."""


class LetterProblem(ValueError):
    """A letter, its wording or a mailing cannot be made; the text is one line that says what is wrong and how to mend it."""


class LetterUnknown(Exception):
    """There is no letter with this id, or it was erased."""


class LinkForged(Exception):
    """The link or address is not one of ours, or was changed on its way."""


class LinkExpired(Exception):
    """The link was ours, and is too old."""
