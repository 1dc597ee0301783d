"""Why a registration cannot be read or changed."""


class RegistrationUnknown(LookupError):
    """There is no such registration, or the person does not belong to it."""


class NotPossible(ValueError):
    """The registration's state does not allow the change; the text is a sentence for the person who asked."""
