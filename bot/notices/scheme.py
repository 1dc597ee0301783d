"""Who the mails are from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeScheme:
    """The scheme as mails name it, from facts.yml; ``website`` is a bare host."""

    name: str
    short_name: str
    email: str
    website: str
