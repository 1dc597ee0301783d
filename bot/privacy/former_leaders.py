"""Those who led a hub, whose name is in its letters."""

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.mailing.writer import WRITTEN
from bot.privacy.holdings import Holdings
from bot.privacy.problems import StillNeeded
from bot.store.tables import CohortRow, HubLetterRow, HubRow, LeaderRow, LetterRow, OutboxRow


async def take_out_of_letters(session: AsyncSession, leader: LeaderRow, held: Holdings) -> None:
    """Takes the name of who led a hub out of mails of letters. Raises StillNeeded where a hub's own wording names them."""
    row = HubLetterRow
    texts = await session.execute(
        select(HubRow.name, row.sender_address, row.wording).join(HubRow, HubRow.id == row.hub_id)
    )
    for hub, *own in texts:
        if held.names_person("\n".join(own)):
            raise StillNeeded(
                f'The letter of the hub "{hub}" names this person: change its address and wording first'
                " (psqm letters address and psqm letters wording)."
            )
    mail = OutboxRow
    in_their_name = or_(mail.reply_to == held.email, mail.from_name.startswith(f"{leader.name},", autoescape=True))
    await session.execute(
        update(mail)
        .where(mail.kind.in_(WRITTEN), in_their_name)
        .values(from_name="", reply_to=case((mail.reply_to != held.email, mail.reply_to), else_=_leader_now()))
        .execution_options(synchronize_session=False)
    )


def _leader_now() -> ColumnElement[str]:
    """The address of who leads a letter's hub by now, which has another leader; of no hub, none."""
    leader = (
        select(LeaderRow.email)
        .join(HubRow, HubRow.leader_id == LeaderRow.id)
        .join(CohortRow, CohortRow.hub_id == HubRow.id)
        .join(LetterRow, LetterRow.cohort_id == CohortRow.id)
        .where(LetterRow.id == OutboxRow.letter_id)
    )
    return func.coalesce(leader.correlate(OutboxRow).scalar_subquery(), "")
