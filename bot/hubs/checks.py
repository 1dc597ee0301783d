"""What may be kept of a hub and its leader, with the same rules for every database."""

from datetime import time

from email_validator import EmailNotValidError, validate_email

from bot.hubs.problems import HubProblem

_LONGEST_NAME = 100
_LONGEST_VENUE = 200


def checked(what: str, name: str) -> str:
    """A name without what is around it. Raises HubProblem unless it is one line of 2 to 100 characters."""
    name = name.strip()
    if not 2 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise HubProblem(f"The {what} should be one line of 2 to {_LONGEST_NAME} characters: correct it")
    return name


def checked_email(email: str) -> str:
    """An email address in lower case. Raises HubProblem for what is none."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise HubProblem(f'"{email.strip()}" is no email address ({str(error).rstrip(".")}): correct it') from None


def check_session(time_without_date: time | None, venue: str) -> None:
    """Raises HubProblem for a time of the first session that has no date, or a venue that is no line of text."""
    if time_without_date is not None:
        raise HubProblem("The first session has a time but no date: give its date too")
    if len(venue) > _LONGEST_VENUE or not venue.isprintable():
        raise HubProblem(f"The venue should be one line of at most {_LONGEST_VENUE} characters: shorten it")
