"""Addresses that exist for examples only, so that nobody ever reads what is sent there."""

_DOMAINS = ("example.org", "example.com", "example.net")  # RFC 2606, 3


def is_for_examples(address: str) -> bool:
    """Whether ``address`` is of a domain that is reserved for examples, as an example hub's leader's is."""
    domain = address.rpartition("@")[2].lower().rstrip(".")
    return any(domain == reserved or domain.endswith(f".{reserved}") for reserved in _DOMAINS)
