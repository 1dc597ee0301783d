"""Which hosts are this machine, and so may be spoken to without encryption."""

from ipaddress import ip_address


def is_this_machine(host: str) -> bool:
    """Whether ``host``, a name or an address, never leaves this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
