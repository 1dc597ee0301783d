"""The mailbox, and who reads and answers what arrives there, as the settings ask for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.bell import Bell
from bot.conversation import Conversations
from bot.facts import load_facts
from bot.letters.links import ReplyAddresses
from bot.letters.opening import open_letter_links, open_reply_addresses, open_suppression
from bot.metrics import Metrics
from bot.notices.scheme import NoticeScheme
from bot.notices.telling import ByMail, Telling
from bot.outbox.opening import open_sender
from bot.questions.opening import open_hours, open_question_notices
from bot.rasa import Engine
from bot.replies.answering.handing_over import Asking
from bot.replies.answering.post import ReplyPost
from bot.replies.answering.replying import Replying
from bot.replies.handling import Handler
from bot.replies.mailbox.access_tokens import AccessTokens, Client
from bot.replies.mailbox.imap import Mailbox, MailboxRefused
from bot.replies.mailbox.imap_server import ImapServer
from bot.replies.mailbox.receiving import receive
from bot.replies.mailbox.watching import MailboxWatcher
from bot.replies.sorting.ours import Ours
from bot.replies.worker import ReplyWorker
from bot.settings import Settings, SettingsError
from bot.store.database import Database

_PATIENCE_SECONDS = 5.0
_LEASE_MARGIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Replies:
    """What receives mail, and what handles it."""

    watcher: MailboxWatcher
    worker: ReplyWorker


def open_replies(
    settings: Settings,
    database: Database,
    conversations: Conversations,
    scheme: NoticeScheme,
    count: Callable[[str, str], None] = lambda _state, _verdict: None,
    telling: Telling | None = None,
) -> Replies:
    """``telling``: how members of staff hear of what is handed over, by mail unless given.

    Raises SettingsError when the mailbox's settings cannot be used.
    """
    handler = open_handler(settings, database, conversations, scheme, telling)
    worker = ReplyWorker(database, handler, count=count)
    return Replies(MailboxWatcher(database, open_connecting(settings), worker.wake), worker)


def open_handler(
    settings: Settings,
    database: Database,
    conversations: Conversations,
    scheme: NoticeScheme,
    telling: Telling | None = None,
) -> Handler:
    """What acts on mails. Raises SettingsError."""
    addresses = check_addresses(settings)
    sender = open_sender(settings, scheme.short_name, scheme.email).email
    ours = Ours(frozenset({settings.reply_address.lower(), sender.lower()}), sender.rpartition("@")[2])
    office = settings.office_email or scheme.email
    asking = _open_asking(settings, scheme, telling or ByMail())
    post = ReplyPost(scheme, office, addresses, open_letter_links(settings), asking)
    replying = Replying(database, conversations, post, settings.replies_a_day)
    return Handler(database, replying, post, ours, open_suppression(settings))


def _open_asking(settings: Settings, scheme: NoticeScheme, telling: Telling) -> Asking:
    notices = open_question_notices(settings, scheme, telling)
    return Asking(notices, telling, open_hours(settings), settings.answer_days)


def check_addresses(settings: Settings) -> ReplyAddresses:
    """The addresses that replies go to; raises SettingsError where none is set."""
    addresses = open_reply_addresses(settings)
    if addresses is None:
        raise SettingsError("PSQM_IMAP_URL needs PSQM_REPLY_ADDRESS, the mailbox's own address: set it too.")
    return addresses


def open_connecting(settings: Settings) -> Callable[[], Awaitable[Mailbox]]:
    """What connects to the mailbox; it raises MailboxTrouble. Raises SettingsError."""
    server = ImapServer.parse(settings.imap_url)
    tokens = _open_tokens(settings)
    if tokens is None and not server.password:
        raise SettingsError(
            "PSQM_IMAP_URL has no password: add one, or set PSQM_IMAP_OAUTH_TOKEN_URL, _CLIENT_ID and _CLIENT_SECRET."
        )
    if tokens and server.password:
        raise SettingsError("PSQM_IMAP_URL has a password and OAuth is set too: take one of them away.")

    async def connect() -> Mailbox:
        token = await tokens.token() if tokens else ""
        try:
            return await asyncio.to_thread(Mailbox.open, server, token)
        except MailboxRefused:
            if tokens:
                tokens.forget()
            raise

    return connect


async def look_once(settings: Settings, database: Database, count: Callable[[str, str], None]) -> int:
    """Receives what is in the mailbox now and handles what is due; returns how many mails are new.

    For the command line: the engine is asked where it runs. Raises SettingsError, FactsError, MailboxTrouble, StoreUnavailable.
    """
    facts = load_facts(settings.facts_path)
    scheme = NoticeScheme(facts.scheme_name, facts.short_name, facts.scheme_email, facts.scheme_website)
    metrics = Metrics()
    async with Engine(settings.engine_url, settings.engine_secret, settings.engine_timeout, metrics) as engine:
        lease = timedelta(seconds=settings.engine_timeout + _LEASE_MARGIN_SECONDS)
        conversations = Conversations(database, engine, metrics, Bell(), lease)
        worker = ReplyWorker(database, open_handler(settings, database, conversations, scheme), count=count)
        mailbox = await open_connecting(settings)()
        try:
            new = await receive(database, mailbox, datetime.now(UTC))
        finally:
            await asyncio.to_thread(mailbox.close)
        await worker.work_off()
    return new


@asynccontextmanager
async def receiving(replies: Replies) -> AsyncIterator[None]:
    """Runs both beside something else. In the end they get a moment for the mail that they are at."""
    tasks = [asyncio.create_task(replies.watcher.run()), asyncio.create_task(replies.worker.run())]
    try:
        yield
    finally:
        replies.watcher.stop()
        replies.worker.stop()
        _, late = await asyncio.wait(tasks, timeout=_PATIENCE_SECONDS)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)


def _open_tokens(settings: Settings) -> AccessTokens | None:
    needed = (settings.imap_oauth_token_url, settings.imap_oauth_client_id, settings.imap_oauth_client_secret)
    if not any(needed):
        return None
    if not all(needed):
        raise SettingsError(
            "OAuth for PSQM_IMAP_URL needs PSQM_IMAP_OAUTH_TOKEN_URL, _CLIENT_ID and _CLIENT_SECRET: set all."
        )
    if not settings.imap_oauth_token_url.startswith("https://"):
        raise SettingsError("PSQM_IMAP_OAUTH_TOKEN_URL does not begin with https://: correct it.")
    return AccessTokens(Client(*needed, settings.imap_oauth_scope, settings.imap_oauth_refresh_token))
