"""`psqm questions`: what waits for a person's answer, and what the assistant can learn from."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import read, write
from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.learning.exporting import Plan
    from bot.learning.reviewing import Review
    from bot.questions.question import Question, State
    from bot.staff.member import Member

app = typer.Typer(
    name="questions", help="Questions for a person, and examples made from questions.", no_args_is_help=True
)

As = Annotated[
    str, typer.Option("--as", metavar="EMAIL", help="Who you are: a leader's or officer's address of record.")
]


@app.command("list")
def show_all(
    who: As,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are answered or closed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """List the questions that wait for a person's answer."""
    with clear_errors() as settings:
        from bot.desk.questions import listed

        state: State | None = None if everything else "open"

        async def work(session: "AsyncSession") -> "list[Question]":
            return await listed(session, await _member(session, who), state=state, limit=500)

        questions = read(settings, work)
        if as_json:
            typer.echo(_json(questions))
        elif questions:
            _print(questions)
        else:
            typer.echo("Nothing waits for an answer." if not everything else "Nothing has been asked.")


@app.command()
def answer(
    question_id: Annotated[str, typer.Argument(metavar="ID", help="The question's id in `psqm questions list`.")],
    text: Annotated[str, typer.Argument(help="The answer, in quotes.")],
    who: As,
) -> None:
    """Answer a question, in the place where the person asked."""
    with clear_errors() as settings:
        from bot.desk import questions as desk
        from bot.questions.opening import open_question_notices
        from bot.staff.member import Doing, NotAllowed

        notices = open_question_notices(settings)

        async def work(session: "AsyncSession") -> str:
            doing = Doing(await _member(session, who), "command")
            try:
                done = await desk.answer(session, doing, question_id, text, datetime.now(UTC), notices)
            except NotAllowed as error:
                raise UsageProblem(str(error)) from None
            if done.is_new:
                return "Your answer is on its way to the person."
            by = done.by.name if done.by else "somebody"
            return f"{by} has answered already: {done.result.answer}"

        typer.echo(write(settings, work))


@app.command()
def export(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Write the approved questions into data/nlu as examples of their topics; `psqm train` is next."""
    with clear_errors() as settings:
        from bot.learning import exporting, reviewing
        from bot.training import ROOT

        async def plan(session: "AsyncSession") -> "Plan":
            reviews = await reviewing.approved_examples(session)
            return exporting.plan(reviews, ROOT / "data" / "nlu", exporting.kept_apart(ROOT))

        planned = read(settings, plan)
        _show_plan(planned)
        new = [review for reviews in planned.new.values() for review in reviews]
        if dry_run or not (new or planned.left):
            typer.echo("Nothing was written." if dry_run else "No approved question waits: review some on the desk.")
            return
        exporting.write(planned)
        done = [review.message_id for review in [*new, *(left.review for left in planned.left)]]
        write(settings, lambda session: reviewing.mark_exported(session, done, datetime.now(UTC)))
        typer.echo(f"{len(new)} examples are written. Next: psqm train --compare")


async def _member(session: "AsyncSession", email: str) -> "Member":
    from bot.staff.finding import member_by_email

    member = await member_by_email(session, email)
    if member is None:
        raise UsageProblem(f"{email} is nobody's address here: give a leader's or officer's address of record.")
    return member


def _show_plan(planned: "Plan") -> None:
    def line(review: "Review") -> str:
        return f"  + {review.text}"

    for topic, reviews in planned.new.items():
        typer.echo(f"{topic.name} ({topic.path.name})")
        for review in reviews:
            typer.echo(line(review))
    for left in planned.left:
        typer.echo(f"left out: {left.review.text} — {left.why}")


def _json(questions: "list[Question]") -> str:
    import json
    from dataclasses import asdict

    def said(value: object) -> object:
        return value.isoformat() if isinstance(value, datetime) else value

    rows = [{name: said(value) for name, value in asdict(question).items()} for question in questions]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _print(questions: "list[Question]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from bot.london import LONDON

    table = Table("ID", "Asked", "Whose", "State", "Question", box=None, padding=(0, 2, 0, 0))
    for question in questions:
        asked = f"{question.created_at.astimezone(LONDON):%-d %b %H:%M}"
        cells = (question.id, asked, question.hub_name or "the office", question.state, question.text)
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)
