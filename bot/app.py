"""The service, wired together here and nowhere else."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bot import logs
from bot.answers import Answers
from bot.bell import Bell
from bot.channels import (
    events,
    health,
    letters,
    new_link,
    page,
    privacy,
    problems,
    registration,
    requests_log,
    schools,
    site,
)
from bot.channels import web as api
from bot.channels.admission import tell_allowance
from bot.channels.body import LARGEST
from bot.channels.cors import Cors
from bot.channels.desk import own_topics
from bot.channels.desk.routes import ROUTES as DESK
from bot.channels.form_guard import FormGuard
from bot.channels.keys import (
    BELL,
    CHAT_DESK,
    CHAT_HANDLERS,
    CONVERSATIONS,
    DATABASE,
    ENGINE,
    FORM_GUARD,
    FRESH_LINKS,
    LETTER_FORMS,
    LETTER_LINKS,
    LETTER_PDFS,
    LETTER_TERMS,
    LINKS,
    METRICS,
    NOTICES,
    POSTERS,
    QUESTION_NOTICES,
    RATE_LIMITS,
    SCHEME,
    SESSIONS,
    SETTINGS,
    SUPPRESSION,
    TEMPLATES,
    Scheme,
)
from bot.channels.letter_pdfs import LetterPdfs
from bot.channels.rate_limit import RateLimits
from bot.channels.security_headers import SecurityHeaders
from bot.channels.sessions import Sessions
from bot.channels.slack.configured import is_on as slack_is_on
from bot.channels.teams.configured import is_on as teams_is_on
from bot.chat.events import EventWorker, handling
from bot.chat.opening import open_chat_desk, open_post_worker
from bot.conversation import Conversations
from bot.desk.letter_terms import open_letter_terms
from bot.example_data import load_example_data
from bot.facts import load_facts
from bot.housekeeping import keeping_house
from bot.letters.mailing.releasing import releasing
from bot.letters.mailing.sending import open_follow_up, open_releaser, open_writers
from bot.letters.opening import open_forms, open_letter_links, open_suppression
from bot.metrics import Metrics
from bot.notices import NoticeScheme
from bot.notices.opening import open_fresh_links, open_links, open_notices
from bot.outbox.opening import open_worker
from bot.outbox.worker import working
from bot.posts.opening import open_telling
from bot.posts.worker import posting
from bot.questions.opening import open_question_notices, question_writers
from bot.rasa import Engine
from bot.schools.index import bring_up_to_date
from bot.settings import Settings
from bot.store.database import Database, StoreUnavailable
from bot.store.migrate import upgrade

_LEASE_MARGIN_SECONDS = 2.0
_SHUTDOWN_SECONDS = 10.0


class StartError(Exception):
    """The service cannot start; the text is one line that says why and how to mend it."""


def init_app(settings: Settings, scheme: Scheme | None = None) -> web.Application:
    """The public application. Raises SettingsError and FactsError; ``scheme`` is that of the facts unless given."""
    cors = Cors(settings.allowed_origins)
    security_headers = SecurityHeaders(settings.is_https)
    app = web.Application(
        client_max_size=LARGEST,
        middlewares=[requests_log.log_request, problems.answer_errors, cors.answer_preflight],
    )

    app[SETTINGS] = settings
    app[SCHEME] = scheme or _load_scheme(settings)
    app[METRICS] = Metrics()
    app[BELL] = Bell()
    app[SESSIONS] = Sessions(settings.secret_key, settings.session_days)
    app[FORM_GUARD] = FormGuard(settings.secret_key, app[SESSIONS].seconds, settings.public_url)
    app[RATE_LIMITS] = RateLimits(settings.rate_limit, settings.address_rate_limit, settings.redis_url)
    app[TEMPLATES] = site.open_templates()
    named = NoticeScheme(**asdict(app[SCHEME]))
    app[LINKS] = open_links(settings)
    telling = open_telling(settings)
    app[NOTICES] = open_notices(settings, named, telling)
    app[QUESTION_NOTICES] = open_question_notices(settings, named, telling)
    app[POSTERS], app[CHAT_HANDLERS] = {}, {}
    app[LETTER_LINKS] = open_letter_links(settings)
    app[LETTER_FORMS] = open_forms(settings)
    app[LETTER_TERMS] = open_letter_terms(settings)
    app[LETTER_PDFS] = LetterPdfs(app[LETTER_FORMS])
    app[SUPPRESSION] = open_suppression(settings)
    app[FRESH_LINKS] = open_fresh_links(settings, named)

    app.cleanup_ctx.extend([_database, _outbox, _housekeeping, _engine, _conversations, _replies])
    app.cleanup_ctx.extend([_chat_desk, *_platforms(app), _chat_workers])
    app.cleanup_ctx.append(events.watch_other_processes)
    own_topics.prepare(app)
    app.on_shutdown.append(events.end_streams)

    app.on_response_prepare.extend(
        [
            api.forbid_storing,
            site.share_files,
            page.keep_to_ourselves,
            tell_allowance,
            cors.allow,
            security_headers.apply,
        ]
    )

    app.add_routes(
        [
            web.post("/api/sessions", api.new_session),
            web.post("/api/messages", api.new_message),
            web.get("/api/messages", api.messages),
            web.post("/api/ratings", api.new_rating),
            web.get("/api/events", events.events, allow_head=False),
            web.get("/api/config", api.config),
            web.get("/api/schools", schools.look_up),
            web.get("/api/openapi.json", api.openapi),
            web.get("/problems/{slug}", problems.explanation),
            web.get("/healthz", health.healthz),
            web.get("/readyz", health.readyz),
            web.get("/metrics", health.metrics),
            web.get("/", site.home),
            web.get("/widget.js", site.widget_script),
            web.static("/static", site.WIDGET / "static"),
            web.get("/chat", page.show),
            web.post("/chat", page.say),
            web.post("/chat/new", page.start_over),
            web.post("/chat/rating", page.rate_answer),
            web.get("/privacy", privacy.notice),
            web.get("/r", new_link.show),
            web.post("/r", new_link.send),
            web.get("/r/{token}", registration.show),
            web.get("/r/{token}/details", registration.show_details),
            web.post("/r/{token}/details", registration.correct),
            web.get("/r/{token}/withdraw", registration.ask_before_withdrawing),
            web.post("/r/{token}/withdraw", registration.withdraw),
            web.post("/r/{token}/offer", registration.answer_offer),
            web.get("/schools", schools.page),
            web.get("/letter", letters.show_standard),
            web.get("/letter.pdf", letters.standard_pdf),
            web.get("/report.pdf", letters.standard_report),
            web.get("/letters/{token}", letters.show),
            web.get("/letters/{token}/letter.pdf", letters.pdf),
            web.get("/letters/{token}/report.pdf", letters.report),
            web.get("/letters/{token}/stop", letters.ask_before_stopping),
            web.post("/letters/{token}/stop", letters.stop),
            *DESK,
        ]
    )
    return app


async def serve_sites(app: web.Application, settings: Settings, ready: Callable[[], None] = lambda: None) -> None:
    """Serves the public site and the actions until cancelled; calls ``ready`` once both listen. Raises StartError."""
    actions = _load_actions()
    async with (
        _site(app, settings.host, settings.port, "PSQM_PORT"),
        _site(actions, "127.0.0.1", settings.actions_port, "PSQM_ACTIONS_PORT"),
    ):
        ready()
        await asyncio.Event().wait()


def run(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM. Raises StartError, SettingsError and FactsError."""
    logs.configure(settings)
    app = init_app(settings)
    asyncio.run(_serve_until_told(app, settings))


async def _serve_until_told(app: web.Application, settings: Settings) -> None:
    serving = asyncio.create_task(serve_sites(app, settings))
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, serving.cancel)
    await asyncio.wait([serving])
    if not serving.cancelled():
        serving.result()


@asynccontextmanager
async def _site(app: web.Application, host: str, port: int, setting: str) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    try:
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            reason = error.strerror or error
            raise StartError(f"Port {port} on {host} cannot be used ({reason}): free it or set {setting}.") from None
        yield
    finally:
        await runner.cleanup()


async def _database(app: web.Application) -> AsyncIterator[None]:
    app[SETTINGS].ensure_data_dir()
    try:
        await upgrade(app[SETTINGS].database_url)
    except StoreUnavailable as error:
        raise StartError(f"The database cannot be opened ({error}): start it, or correct PSQM_DATABASE_URL.") from None
    app[DATABASE] = Database(app[SETTINGS].database_url)
    await bring_up_to_date(app[DATABASE])
    if app[SETTINGS].example_data:
        await load_example_data(app[DATABASE], datetime.now(UTC).date(), app[SETTINGS].facts_path)
    yield
    await app[DATABASE].close()


async def _outbox(app: web.Application) -> AsyncIterator[None]:
    scheme = NoticeScheme(**asdict(app[SCHEME]))
    settings, database, count = app[SETTINGS], app[DATABASE], app[METRICS].count_mail
    writers = open_writers(settings, scheme) | question_writers()
    worker = open_worker(settings, database, scheme.short_name, scheme.email, count, writers)
    async with working(worker), releasing(open_releaser(settings, database, scheme)):
        yield


async def _housekeeping(app: web.Application) -> AsyncIterator[None]:
    follow_up = open_follow_up(app[SETTINGS], NoticeScheme(**asdict(app[SCHEME])))
    notices, questions = app[NOTICES], app[QUESTION_NOTICES]
    async with keeping_house(app[DATABASE], app[SETTINGS], notices, follow_up, questions=questions):
        yield


async def _engine(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    async with Engine(settings.engine_url, settings.engine_secret, settings.engine_timeout, app[METRICS]) as engine:
        app[ENGINE] = engine
        yield


async def _conversations(app: web.Application) -> AsyncIterator[None]:
    lease = timedelta(seconds=app[SETTINGS].engine_timeout + _LEASE_MARGIN_SECONDS)
    app[CONVERSATIONS] = Conversations(
        app[DATABASE],
        app[ENGINE],
        app[METRICS],
        app[BELL],
        lease,
        notices=app[QUESTION_NOTICES],
        takeover=timedelta(minutes=app[SETTINGS].takeover_minutes),
    )
    yield


async def _chat_desk(app: web.Application) -> AsyncIterator[None]:
    named = NoticeScheme(**asdict(app[SCHEME]))
    app[CHAT_DESK] = open_chat_desk(app[SETTINGS], app[DATABASE], app[CONVERSATIONS], named)
    yield


def _platforms(app: web.Application) -> list[Callable[[web.Application], AsyncIterator[None]]]:
    """Those that the settings connect; imported here, because each brings a whole family. Raises SettingsError."""
    on: list[Callable[[web.Application], AsyncIterator[None]]] = []
    if slack_is_on(app[SETTINGS]):
        from bot.channels.slack import serving as slack

        slack.add_route(app)
        on.append(slack.serving)
    if teams_is_on(app[SETTINGS]):
        from bot.channels.teams import serving as teams

        teams.add_route(app)
        on.append(teams.serving)
    return on


async def _chat_workers(app: web.Application) -> AsyncIterator[None]:
    posters, handlers = app[POSTERS], app[CHAT_HANDLERS]
    worker = open_post_worker(app[SETTINGS], app[DATABASE], posters, app[METRICS].count_post)
    async with posting(worker), handling(EventWorker(app[DATABASE], handlers)):
        yield


async def _replies(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    if not settings.imap_url:
        yield
        return
    from bot.replies.opening import open_replies, receiving  # brings what reads mails, for those who have a mailbox

    named = NoticeScheme(**asdict(app[SCHEME]))
    count = app[METRICS].count_reply
    async with receiving(
        open_replies(settings, app[DATABASE], app[CONVERSATIONS], named, count, open_telling(settings))
    ):
        yield


def _load_scheme(settings: Settings) -> Scheme:
    facts = load_facts(settings.facts_path)
    Answers.load(facts, settings.domain_path)  # a response that cannot be filled ends the start, not a conversation
    return Scheme(facts.scheme_name, facts.short_name, facts.scheme_email, facts.scheme_website)


def _load_actions() -> web.Application:
    """The private application that the engine calls; imported late, because rasa-sdk brings a whole family."""
    from rasa_sdk.executor import ActionExecutor

    from bot.channels.action_server import action_app

    executor = ActionExecutor()
    try:
        executor.register_package("actions")
    except SystemExit:  # that is how rasa-sdk reports an ImportError
        raise StartError("The package actions cannot be imported: the log above says why.") from None
    return action_app(executor)
