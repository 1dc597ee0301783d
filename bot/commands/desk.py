"""`psqm desk`: a way in for whoever runs the service."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import write
from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

app = typer.Typer(help="The desk of hub leaders and the office.", no_args_is_help=True)


@app.callback()
def desk() -> None:
    """The desk of hub leaders and the office."""  # a group with one command would be that command, without its name


@app.command()
def link(
    email: Annotated[str, typer.Argument(help="A hub leader's or officer's address, or the office's own.")],
) -> None:
    """Print a sign-in link for somebody, where mail does not reach them: it works once, within 15 minutes."""
    with clear_errors() as settings:
        from bot.notices.opening import open_scheme
        from bot.notices.sign_in_mail import sign_in_href
        from bot.staff.office import member_signing_in
        from bot.staff.sign_in import issue

        office = settings.office_email or open_scheme(settings).email

        async def work(session: "AsyncSession") -> str:
            member = await member_signing_in(session, email, office)
            if member is None:
                raise UsageProblem(
                    f"Nobody is known by {email.strip().lower()}: psqm leaders add or psqm officers add, or take {office}"
                )
            return await issue(session, member, datetime.now(UTC))

        typer.echo(sign_in_href(settings.public_url, write(settings, work)))
