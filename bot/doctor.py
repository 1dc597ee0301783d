"""Looks whether everything is there and in order, and says what to do where it is not."""

from datetime import UTC, datetime
from typing import Literal, NamedTuple

from bot.answers import Answers
from bot.facts import FactsError, load_facts
from bot.settings import Settings, SettingsError
from bot.training import ENGINE_PYTHON, TrainingError, check_model, is_up_to_date

State = Literal["ok", "note", "broken"]
_MARKS: dict[State, str] = {"ok": "[green]✓[/]", "note": "[yellow]![/]", "broken": "[red]✗[/]"}


class Finding(NamedTuple):
    """One thing looked at: what, in which state, and a sentence that says more."""

    what: str
    state: State
    says: str


async def examine(settings: Settings) -> list[Finding]:
    """Looks at the data folder, facts, letter, model, database, engine and channels."""
    return [
        _data_folder(settings),
        *_facts(settings),
        *_letter(settings),
        _engine_environment(),
        _model(settings),
        await _database(settings),
        *await _mail(settings),
        *await _letters(settings),
        await _replies(settings),
        await _engine(settings),
        *_channels(settings),
        await _slack(settings),
        await _teams(settings),
    ]


def show(findings: list[Finding]) -> None:
    """Prints the findings for a person."""
    from rich.console import Console
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for finding in findings:
        table.add_row(_MARKS[finding.state], finding.what, finding.says)
    Console().print(table)


def _data_folder(settings: Settings) -> Finding:
    try:
        return Finding("data folder", "ok", str(settings.ensure_data_dir().absolute()))
    except SettingsError as error:
        return Finding("data folder", "broken", str(error))


def _facts(settings: Settings) -> list[Finding]:
    try:
        facts = load_facts(settings.facts_path)
        Answers.load(facts, settings.domain_path)
    except FactsError as error:
        return [Finding("facts", "broken", str(error))]
    checked = facts.source.checked
    due = facts.review_due(datetime.now(UTC).date())
    if due is None:
        review = Finding("facts' review", "ok", f"last checked on {checked:%-d %B %Y}")
    else:
        since = f"last checked on {checked:%-d %B %Y}, due again since {due:%-d %B %Y}"
        says = f"{since}: ask the scheme, then set 'checked' in facts.yml"
        review = Finding("facts' review", "note", says)
    return [Finding("facts", "ok", f"{len(facts.facts)} facts, every response can be filled"), review]


def _letter(settings: Settings) -> list[Finding]:
    from bot.letters.composing.hub_letter import STANDARD
    from bot.letters.composing.standard import standard_letter
    from bot.letters.opening import open_forms
    from bot.letters.problems import LetterProblem

    try:
        forms = open_forms(settings)
        forms.pdf(standard_letter(datetime.now(UTC).date()), STANDARD)
    except (SettingsError, FactsError, LetterProblem) as error:
        return [Finding("letter", "broken", str(error))]
    return [Finding("letter", "ok", "every form can be composed")]


def _engine_environment() -> Finding:
    if ENGINE_PYTHON.exists():
        return Finding("engine's environment", "ok", str(ENGINE_PYTHON.parent.parent))
    return Finding("engine's environment", "broken", "missing: run `make setup`")


def _model(settings: Settings) -> Finding:
    try:
        check_model(settings.model_path)
    except TrainingError as error:
        return Finding("model", "broken", str(error))
    if is_up_to_date(settings.model_path):
        return Finding("model", "ok", str(settings.model_path))
    return Finding("model", "note", "examples, responses or components have changed since: run `make train`")


async def _database(settings: Settings) -> Finding:
    from bot.store.database import Database, StoreUnavailable

    database = Database(settings.database_url)
    try:
        await database.ping()
    except StoreUnavailable as error:
        return Finding("database", "broken", f"{error}: start it, or correct PSQM_DATABASE_URL")
    finally:
        await database.close()
    return Finding("database", "ok", settings.database_url.partition(":")[0].partition("+")[0])


async def _mail(settings: Settings) -> list[Finding]:
    from bot.outbox.opening import open_sender, open_transport

    try:
        open_transport(settings)
        open_sender(settings, "", load_facts(settings.facts_path).scheme_email)
    except SettingsError as error:
        return [Finding("mail", "broken", str(error))]
    except FactsError:
        return []  # said above
    if settings.smtp_url:
        way = Finding("mail", "ok", "sent through the server of PSQM_SMTP_URL")
    else:
        way = Finding("mail", "note", f"kept as files in {settings.data_dir / 'mail'}: set PSQM_SMTP_URL to send it")
    return [way, *await _undelivered(settings)]


async def _undelivered(settings: Settings) -> list[Finding]:
    from sqlalchemy.exc import DBAPIError

    from bot.outbox.office import counts
    from bot.posts import office as posts
    from bot.store.database import Database, StoreUnavailable

    database = Database(settings.database_url)
    try:
        async with database.reading() as session:
            mails = await counts(session)
            posted = await posts.counts(session)
    except (StoreUnavailable, DBAPIError):
        return []  # said above, or no service has made its tables yet
    finally:
        await database.close()
    if failed := posted.get("failed"):
        says = f"{failed} could not be posted, and left by mail: `psqm posts list --failed` says why"
        notes = [Finding("posts", "note", says)]
    else:
        notes = []
    if mails["failed"]:
        says = f"{mails['failed']} could not be delivered: `psqm outbox list --failed` says why"
        return [Finding("outbox", "note", says), *notes]
    waiting = mails["queued"] + mails["in_flight"] + mails["waiting"]
    return [Finding("outbox", "ok", f"{waiting} to send" if waiting else "everything is sent"), *notes]


async def _letters(settings: Settings) -> list[Finding]:
    from sqlalchemy.exc import DBAPIError

    from bot.letters.opening import open_suppression
    from bot.letters.readiness import remarks_on_hubs, remarks_on_settings
    from bot.store.database import Database, StoreUnavailable

    try:
        remarks = remarks_on_settings(settings, settings.mail_from or load_facts(settings.facts_path).scheme_email)
        suppression = open_suppression(settings)
    except (SettingsError, FactsError):
        return []  # said above
    database = Database(settings.database_url)
    try:
        async with database.reading() as session:
            remarks += await remarks_on_hubs(session, suppression, datetime.now(UTC).date())
    except (StoreUnavailable, DBAPIError):
        pass  # said above, or no service has made its tables yet
    finally:
        await database.close()
    return [Finding(*remark) for remark in remarks]


async def _replies(settings: Settings) -> Finding:
    """The mailbox is looked into, unless no replies are to be read."""
    if not settings.imap_url:
        return Finding(
            "replies", "note", "go to hub leaders: set PSQM_IMAP_URL to have them answered (docs/replies.md)"
        )

    import asyncio

    from bot.replies.mailbox.imap import MailboxTrouble
    from bot.replies.opening import check_addresses, open_connecting

    try:
        check_addresses(settings)
        mailbox = await open_connecting(settings)()
        waiting = len(await asyncio.to_thread(mailbox.arrived))
        way = "at once" if mailbox.can_idle else "by looking every minute"
        await asyncio.to_thread(mailbox.close)
    except (SettingsError, MailboxTrouble) as error:
        return Finding("replies", "broken", f"{error}" if isinstance(error, SettingsError) else f"the mailbox {error}")
    if failed := await _unhandled(settings):
        return Finding("replies", "note", f"{failed} could not be handled: `psqm replies list --failed` says why")
    return Finding("replies", "ok", f"the mailbox can be read, {way}; {waiting} unread")


async def _unhandled(settings: Settings) -> int:
    from sqlalchemy.exc import DBAPIError

    from bot.replies.office import counts
    from bot.store.database import Database, StoreUnavailable

    database = Database(settings.database_url)
    try:
        async with database.reading() as session:
            return (await counts(session)).get("failed", 0)
    except (StoreUnavailable, DBAPIError):
        return 0  # said above, or no service has made its tables yet
    finally:
        await database.close()


async def _engine(settings: Settings) -> Finding:
    from bot.metrics import Metrics
    from bot.rasa import Engine, EngineUnavailable

    try:
        secret = settings.engine_secret
        async with Engine(settings.engine_url, secret, settings.engine_timeout, Metrics()) as engine:
            return Finding("engine", "ok", f"answers, with the model {await engine.model()}")
    except SettingsError as error:
        return Finding("engine", "broken", str(error))
    except EngineUnavailable:
        return Finding("engine", "note", f"does not run at {settings.engine_url}: `psqm serve` starts it")


def _channels(settings: Settings) -> list[Finding]:
    embedding = ", ".join(settings.allowed_origins) or "no other site may embed it: set PSQM_ALLOWED_ORIGINS"
    limits = "shared through Redis" if settings.redis_url else "counted by each service for itself"
    return [
        Finding("web widget", "ok" if settings.allowed_origins else "note", embedding),
        Finding("rate limits", "ok" if settings.rate_limit else "note", limits if settings.rate_limit else "off"),
    ]


async def _slack(settings: Settings) -> Finding:
    """Slack is asked whose token it is, unless it is off."""
    from bot.channels.slack.calls import SlackError, open_client
    from bot.channels.slack.workspace import Workspace

    if not settings.slack_bot_token:
        return Finding("slack", "note", "off: docs/slack.md says how to set it up")
    if not (settings.slack_signing_secret or settings.slack_app_token):
        says = "no way in: set PSQM_SLACK_SIGNING_SECRET, or PSQM_SLACK_APP_TOKEN for Socket Mode (docs/slack.md)"
        return Finding("slack", "broken", says)
    if not (settings.slack_app_token or settings.is_https):
        says = "Slack sends to https addresses only: set PSQM_PUBLIC_URL, or PSQM_SLACK_APP_TOKEN for Socket Mode"
        return Finding("slack", "broken", says)
    try:
        identity = await Workspace(open_client(settings.slack_bot_token, settings.slack_api_url)).identity()
    except SlackError as error:
        if error.is_token:
            says = f"Slack refuses the bot's token ({error.code}): install the app again and set PSQM_SLACK_BOT_TOKEN"
            return Finding("slack", "broken", says)
        return Finding("slack", "note", f"{error.summary}: posts wait until it can")
    way = "Socket Mode" if settings.slack_app_token else "HTTP"
    return Finding("slack", "ok", f"connected to the workspace {identity.team}, by {way}")


async def _teams(settings: Settings) -> Finding:
    from bot.channels.teams.configured import is_on

    try:
        if not is_on(settings):
            return Finding("Teams", "note", "off: docs/teams.md says how it is connected")
    except SettingsError as error:
        return Finding("Teams", "broken", str(error))

    from bot.channels.teams.examining import TeamsTrouble, examine

    try:
        return Finding("Teams", "ok", await examine(settings))
    except TeamsTrouble as error:
        return Finding("Teams", "broken", str(error))
