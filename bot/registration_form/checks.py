"""Whether a name, an email address or a phone number can be one, and what an address with a slip in it was meant to be."""

import re

from email_validator import EmailNotValidError, validate_email
from rapidfuzz.distance import OSA

from bot.registrations.contact_details import in_one_line, is_name, is_phone, is_role

LONGEST_NAME = 100
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less its angle brackets

_KNOWN_DOMAINS = (
    *(
        "gmail.com",
        "googlemail.com",
        "mail.com",
        "email.com",
        "gmx.com",
        "gmx.co.uk",
        "ymail.com",
        "aol.com",
        "aol.co.uk",
    ),
    *(
        "hotmail.com",
        "hotmail.co.uk",
        "outlook.com",
        "live.com",
        "live.co.uk",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
    ),
    *("yahoo.com", "yahoo.co.uk", "btinternet.com", "btopenworld.com", "sky.com", "virginmedia.com", "talktalk.net"),
    *("ntlworld.com", "protonmail.com", "proton.me"),
)
_SUFFIXES = ("sch.uk", "co.uk", "org.uk", "ac.uk", "gov.uk", "com", "org", "net")
_REAL_ENDINGS = {
    *(
        "co",
        "uk",
        "cm",
        "com",
        "org",
        "net",
        "ne",
        "cat",
        "eu",
        "ie",
        "scot",
        "wales",
        "school",
        "me",
        "us",
        "im",
        "je",
        "gg",
    )
}


class Unusable(Exception):
    """What was given cannot be used; ``reason`` names the response that says why (``name_digits``)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def checked_name(text: str) -> str:
    """The name in one line; raises Unusable."""
    name = in_one_line(text)
    if is_name(name):
        return name
    if re.search(r"\d", name):
        raise Unusable("name_digits")
    if len(name) < 2:
        raise Unusable("name_short")
    raise Unusable("name_long" if len(name) > LONGEST_NAME else "name_signs")


def checked_role(text: str) -> str:
    """The role in one line, its first letter a capital; raises Unusable."""
    role = in_one_line(text).strip(" .,;")
    if not is_role(role):
        raise Unusable("role")
    return role[0].upper() + role[1:]


def checked_email(text: str) -> str:
    """The address as it is written to, its domain in small letters; raises Unusable."""
    if len(text) > LONGEST_EMAIL:
        raise Unusable("email_long")
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Unusable("email_domain" if _lacks_domain(text) else "email") from None


def checked_phone(text: str) -> str:
    """The number in one line; raises Unusable."""
    phone = in_one_line(text)
    if not is_phone(phone):
        raise Unusable("phone")
    return phone


def meant_email(email: str) -> str | None:
    """The address that ``email`` was probably meant to be, or None where it looks right."""
    local, _, domain = email.rpartition("@")
    if domain in _KNOWN_DOMAINS:
        return None
    near = min(_KNOWN_DOMAINS, key=lambda known: OSA.distance(domain, known))
    if OSA.distance(domain, near) <= (2 if len(domain) > 8 else 1):
        return f"{local}@{near}"
    mended = _mended_suffix(domain)
    return f"{local}@{mended}" if mended != domain else None


def _mended_suffix(domain: str) -> str:
    labels = domain.split(".")
    for count in (2, 1):
        ending = ".".join(labels[-count:])
        if ending in _SUFFIXES:
            return domain
        if len(labels) <= count:
            continue
        for suffix in _SUFFIXES:
            if suffix.count(".") == count - 1 and OSA.distance(ending, suffix) == 1 and _is_no_ending(ending):
                return ".".join([*labels[:-count], suffix])
    return domain


def _is_no_ending(ending: str) -> bool:
    """``sch.uk`` differs from ``ac.uk`` in little, and both exist."""
    last = ending.rpartition(".")[2]
    return last not in _REAL_ENDINGS or (ending.count(".") == 1 and ending not in _SUFFIXES and last == "uk")


def _lacks_domain(text: str) -> bool:
    domain = text.rpartition("@")[2]
    return "." not in domain
