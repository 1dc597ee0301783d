"""``psqm letters address``: the address at the top of a hub's letters."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import write
from bot.commands.errors import clear_errors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def address(
    hub: Annotated[str, typer.Option(help="The hub's name, in quotes.")],
    lines: Annotated[
        str, typer.Argument(metavar='"LINE, LINE"', help="The address in quotes, with commas between its lines.")
    ],
) -> None:
    """Set the sender's address of a hub: a letter to an area needs one, on paper and by law."""
    with clear_errors() as settings:
        from bot.hubs.changing import hub_named
        from bot.letters.composing.hub_letter import set_sender_address

        given = tuple(re.split(r"[,\n]", lines))

        async def keep(session: "AsyncSession") -> None:
            await set_sender_address(session, await hub_named(session, hub), given, datetime.now(UTC))

        write(settings, keep)
        typer.echo(f"{hub} has its address at the top of its letters now.")
