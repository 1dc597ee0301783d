"""What a log calls the address of a request."""

from aiohttp import web


def route_of(request: web.Request) -> str:
    """The path, with names in place of what differs: the token of a link lets somebody in, and must not be in a log."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else request.path
