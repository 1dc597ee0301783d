"""How members of staff hear of things, as the settings ask for it."""

from collections.abc import Callable, Mapping

from bot.notices.telling import ByMail, Telling
from bot.posts.account import platforms_on
from bot.posts.poster import NotPosted, Outgoing, Poster, Reference
from bot.posts.telling import TellingInChat
from bot.posts.worker import PostWorker
from bot.settings import Settings
from bot.store.database import Database


class _Disconnected:
    """Stands for a platform that the settings no longer connect: what still waits for it leaves by mail."""

    async def post(self, post: Outgoing) -> Reference:
        raise NotPosted("never", "the settings do not connect this platform")


def open_telling(settings: Settings) -> Telling:
    """Posts where a platform is connected, and mail for whoever is not there."""
    platforms = platforms_on(settings)
    return TellingInChat(platforms) if platforms else ByMail()


def open_post_worker(
    settings: Settings,
    database: Database,
    posters: Mapping[str, Poster],
    count: Callable[[str, str], None] = lambda _platform, _state: None,
) -> PostWorker:
    """What posts, by the poster of each platform; ``count`` is told platform and state of each afterwards."""
    missing: dict[str, Poster] = {"slack": _Disconnected(), "teams": _Disconnected()}
    return PostWorker(database, missing | dict(posters), settings.public_url, count=count)
