"""Where a request comes from, believing only the proxies that the settings name."""

from ipaddress import IPv4Network, IPv6Network, ip_address

from aiohttp import web

from bot.channels.keys import SETTINGS


def client_address(request: web.Request) -> str:
    """The address of whoever sent the request."""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    return believed(request.remote or "unknown", forwarded, request.app[SETTINGS].trusted_proxies)


def believed(peer: str, forwarded: str, trusted: tuple[IPv4Network | IPv6Network, ...]) -> str:
    """Walks from the peer through X-Forwarded-For, last entry first, up to the first that is no trusted proxy."""
    address = peer
    for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not (_is_in(address, trusted) and _is_address(hop)):
            break
        address = hop
    return address


def _is_in(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
