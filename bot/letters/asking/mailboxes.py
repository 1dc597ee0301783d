"""Which addresses are one person's: "ann+psqm@…" is read by whoever reads "ann@…"."""

_DOTS_ARE_NOTHING = ("gmail.com", "googlemail.com")  # support.google.com/mail/answer/7436150


def mailbox(email: str) -> str:
    """The address without what its owner may put in at will. It tells mailboxes apart, and is never written to."""
    local, _, domain = email.strip().lower().rpartition("@")
    owner = local.partition("+")[0] or local  # subaddressing: RFC 5233, 1
    if domain in _DOTS_ARE_NOTHING:
        owner, domain = owner.replace(".", ""), _DOTS_ARE_NOTHING[0]
    return f"{owner}@{domain}"
