"""What a log calls the address of a request."""

from aiohttp import web


def route_of(request: web.Request) -> str:
    """The path, with names in place of what differs: the token of a link lets somebody in, and must not be in a log.

    Of an address that leads nowhere only the beginning is told: it may be a link with something after its token.
    """
    resource = request.match_info.route.resource
    if resource:
        return resource.canonical
    first, *more = request.path.removeprefix("/").split("/")
    return f"/{first}/…" if more else f"/{first}"
