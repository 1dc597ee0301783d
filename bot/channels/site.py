"""The public pages and files: the demo page, the widget, what both need."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

import jinja2
import rjsmin
from aiohttp import web

from bot.channels.keys import SCHEME, SETTINGS, TEMPLATES
from bot.channels.problems import problem_of

WIDGET = Path(__file__).parent.parent / "widget"
_DESK = Path(__file__).parent / "desk" / "templates"

_SHORTLY = "public, max-age=300"  # seconds: a new widget reaches every site within five minutes


def open_templates() -> jinja2.Environment:
    """The pages' templates: everything is escaped, and a name that is not there is an error."""
    desk = jinja2.PrefixLoader({"desk": jinja2.FileSystemLoader(_DESK)})
    loader = jinja2.ChoiceLoader([desk, jinja2.FileSystemLoader(WIDGET / "templates")])
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)


def render(request: web.Request, template: str, status: int = 200, **context: object) -> web.Response:
    """A page that nobody else should keep."""
    shared = {"scheme": request.app[SCHEME], "public_url": request.app[SETTINGS].public_url}
    text = request.app[TEMPLATES].get_template(template).render(shared | context)
    return web.Response(text=text, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})


def problem_page(request: web.Request, error: Exception, back: str, back_to: str) -> web.Response:
    """The page that says what went wrong, and leads ``back_to`` what is at the address ``back``; raises ``error`` if nobody
    foresaw it."""
    problem = problem_of(error, request.app[SCHEME].email)
    if problem is None:
        raise error
    response = render(request, "problem.html", problem.status, error=problem.detail, back=back, back_to=back_to)
    response.headers.update(problem.headers)
    return response


async def home(request: web.Request) -> web.Response:
    """``GET /``: the demo page."""
    return render(request, "home.html")


@cache
def _widget() -> tuple[bytes, bytes, str]:
    """The widget's script without its comments and indents, the same compressed, and its ETag."""
    script = rjsmin.jsmin((WIDGET / "widget.js").read_text(encoding="utf-8")).encode()
    return script, gzip.compress(script, mtime=0), hashlib.sha256(script).hexdigest()[:32]


async def widget_script(request: web.Request) -> web.Response:
    """``GET /widget.js``, for any site that embeds it; compressed for those who take that."""
    script, compressed, etag = _widget()
    response = web.Response(content_type="text/javascript", charset="utf-8", headers={"Vary": "Accept-Encoding"})
    response.etag = etag
    if any(known.value in (etag, "*") for known in request.if_none_match or ()):
        response.set_status(304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response.headers["Content-Encoding"] = "gzip"
        response.body = compressed
    else:
        response.body = script
    return response


async def share_files(request: web.Request, response: web.StreamResponse) -> None:
    """The widget's files may be kept for a while, and loaded by other sites' pages."""
    if request.path.startswith(("/widget.js", "/static/")):
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if response.status < 400:
            response.headers["Cache-Control"] = _SHORTLY
