"""What `psqm letters send` does: reads and checks, asks, begins the mailing, and stays with it."""

import asyncio
import signal
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.ext.asyncio import AsyncSession

from bot import logs
from bot.commands import mailings_shown
from bot.commands.database import opened, read, write
from bot.commands.errors import UsageProblem
from bot.hubs import school_year
from bot.hubs.changing import cohort_of, hub_named
from bot.letters.letter import LetterSchool
from bot.letters.mailing.area import metres, middle, schools_within, to_complete
from bot.letters.mailing.hours import LetterHours
from bot.letters.mailing.mailings import Begun, begin
from bot.letters.mailing.planning import Plan, Round, plan
from bot.letters.mailing.recipients import Recipient, read_recipients
from bot.letters.mailing.releasing import releasing
from bot.letters.mailing.sending import open_releaser, open_writers
from bot.letters.mailing.status import standings
from bot.letters.opening import open_forms, open_suppression
from bot.london import LONDON
from bot.notices.opening import open_scheme
from bot.outbox.opening import open_transport, open_worker
from bot.outbox.worker import working
from bot.questions.opening import question_writers
from bot.settings import Settings
from bot.store.database import Database

_LOOK_SECONDS = 0.3


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line; ``near`` and ``within`` are empty, or both say something."""

    hub: str
    to: Path | None
    near: str
    within: str
    save: Path | None
    year: int | None
    rate: int
    attach: bool


def save_area(settings: Settings, wanted: Wanted) -> None:
    """Writes the schools of the area into a file to be completed. Raises UsageProblem, LetterProblem and HubProblem."""
    if not wanted.near or wanted.save is None:
        raise UsageProblem("which area? --near HUB --within 15km --save FILE.csv")
    if wanted.save.exists():
        raise UsageProblem(f"{wanted.save} is there already: name another file, or remove it")
    schools = read(settings, lambda session: _area(session, wanted))
    if not schools:
        raise UsageProblem(f"the register has no primary school within {wanted.within} of {wanted.near}: go farther")
    try:
        wanted.save.write_bytes(to_complete(schools))
    except OSError as error:
        raise UsageProblem(f"{wanted.save} cannot be written ({error.strerror}): name another file") from None
    typer.echo(
        f"{len(schools)} primary schools within {wanted.within} of {wanted.near}: {wanted.save}. The register has no email "
        f"addresses: fill in the column email, and name where you know the head; then --to {wanted.save}. "
        "Lines without an address are left out."
    )


def send(settings: Settings, wanted: Wanted, *, dry_run: bool, yes: bool, wait: bool) -> None:
    """Sends to whom the file names. Raises UsageProblem, LetterProblem, HubProblem, SettingsError and FactsError."""
    hours = LetterHours.parse(settings.letter_hours)  # a dry run tells this too
    recipients = _recipients(wanted)
    made = read(settings, lambda session: _plan(session, settings, wanted, recipients))
    mailings_shown.plan(made, wanted.rate, wanted.attach, hours, datetime.now(UTC))
    if dry_run or not made.recipients:
        typer.echo("Nothing was planned or sent." if dry_run else "There is nobody to write to: nothing was planned.")
        return
    count = len(made.recipients)
    if not yes and not typer.confirm(f"Send {count:,} {'letter' if count == 1 else 'letters'}?"):
        typer.echo("Nothing was planned or sent.")
        return
    today, now = _today(), datetime.now(UTC)
    begun = write(
        settings,
        lambda session: begin(session, made, rate=wanted.rate, attach=wanted.attach, dated=today, now=now),
    )
    typer.echo(f"Planned {begun.letters:,}: mailing {begun.mailing_id[:8]}.")
    if wait:
        asyncio.run(_stay(settings, begun))
    else:
        typer.echo(_GOES_ON.format(mailing=begun.mailing_id[:8]))


_GOES_ON = (
    "The letters leave as long as `psqm serve`, `psqm web` or `psqm worker` runs. `psqm letters status` shows how far it is, "
    "`psqm letters pause {mailing}` stops it."
)


def _recipients(wanted: Wanted) -> list[Recipient]:
    if wanted.to is None:
        raise UsageProblem("say whom to write to: --to FILE.csv")
    if not wanted.hub:
        raise UsageProblem("say whose letter it is: --hub HUB")
    try:
        content = wanted.to.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{wanted.to} cannot be read ({error.strerror}): name another file") from None
    columns = (TextColumn("Reading {task.fields[file]}: line {task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, file=wanted.to.name)
        return read_recipients(content, lambda line: progress.update(task, completed=line))


async def _plan(session: AsyncSession, settings: Settings, wanted: Wanted, recipients: list[Recipient]) -> Plan:
    hub_id = await hub_named(session, wanted.hub)
    cohort_id = await cohort_of(session, hub_id, wanted.year or school_year(_today()))
    urns = {school.urn for school in await _area(session, wanted) if school.urn} if wanted.near else None
    asked = Round(cohort_id, _today(), open_transport(settings).reaches_people, urns)
    return await plan(session, asked, recipients, open_forms(settings), open_suppression(settings))


async def _area(session: AsyncSession, wanted: Wanted) -> list[LetterSchool]:
    far = metres(wanted.within)
    easting, northing = await middle(session, wanted.near)
    return await schools_within(session, easting, northing, far)


async def _stay(settings: Settings, begun: Begun) -> None:
    """Sends, beside whatever service does it too, until every letter has left or somebody presses Ctrl-C."""
    scheme = open_scheme(settings)
    logs.configure(settings.model_copy(update={"log_level": "warning"}))  # the bar shows what becomes of each letter
    told = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, told.set)
    async with opened(settings) as database:
        releaser = open_releaser(settings, database, scheme)
        writers = open_writers(settings, scheme) | question_writers()
        worker = open_worker(settings, database, scheme.short_name, scheme.email, writers=writers)
        now = datetime.now(UTC)
        if not releaser.hours.are_on(now):
            first = releaser.hours.next(now).astimezone(LONDON)
            typer.echo(
                f"Letters leave from {first:%A %-d %B, %H:%M} on (PSQM_LETTER_HOURS). Ctrl-C leaves that to the service."
            )
        async with working(worker), releasing(releaser):
            state = await _watch(database, begun, told)
    if told.is_set():
        typer.echo(f"Stopped here. {_GOES_ON.format(mailing=begun.mailing_id[:8])}")
    elif state == "paused":
        raise UsageProblem(
            f"The mailing is paused: psqm letters status says why, psqm letters resume {begun.mailing_id[:8]} goes on"
        )


async def _watch(database: Database, begun: Begun, told: asyncio.Event) -> str:
    """Shows progress until all letters have left, the mailing is paused, or ``told``; returns its state."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Sending", total=begun.letters)
        while True:
            async with database.reading() as session:
                (now,) = await standings(session, mailing_id=begun.mailing_id)
            came = now.came
            progress.update(task, completed=came.letters - came.planned - came.leaving)
            if told.is_set() or now.state == "paused" or not came.planned + came.leaving:
                break
            try:
                await asyncio.wait_for(told.wait(), _LOOK_SECONDS)
            except TimeoutError:
                continue
    failed = f", {came.failed} could not be delivered (psqm outbox list --failed)" if came.failed else ""
    typer.echo(f"{came.sent:,} of {came.letters:,} letters sent{failed}.")
    return now.state


def _today() -> date:
    return datetime.now(LONDON).date()
