"""Makes of a post what leaves: the card as things are now, in the thread of what was posted before."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.retry import Postponed, Withheld
from bot.posts.card import Card
from bot.posts.cutting import LONGEST_LINE, LONGEST_QUOTE, LONGEST_TITLE, cut, one_line
from bot.posts.leasing import LeasedPost
from bot.posts.poster import NotPosted, Outgoing
from bot.posts.queue import NOTICE, UPDATE
from bot.posts.showing import SubjectGone, card_now
from bot.staff.finding import member_named
from bot.staff.member import Member, NotAllowed
from bot.store.tables import ChatAccountRow, ChatPostRow

_ERASED = "What was said here has been erased."
_GONE = Card("No longer kept", text=("The details that were here have been erased.",))
_MOVED_AWAY, _SAID = "leader_moved_away", "said"
_SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Composed:
    """What leaves; ``is_card``: it shows the state of what it is about, and has to be shown anew when that changes."""

    outgoing: Outgoing
    is_card: bool = False


async def compose(session: AsyncSession, post: LeasedPost, public_url: str, now: datetime) -> Composed:
    """Reads what ``post`` shows, in the transaction that takes it.

    Raises NotPosted where nobody is there to read it, Withheld where nothing is to be said any more, and Postponed while an
    earlier post of its thread is on its way.
    """
    account = await session.get(ChatAccountRow, post.account_id)
    if account is None or account.reference is None:
        raise NotPosted("never", "it is not known where to write to this account")
    if post.kind == NOTICE:
        return Composed(Outgoing(post.key, account.reference, cut(post.content["headline"], LONGEST_QUOTE)))
    if post.kind == UPDATE:
        return await _update(session, post, account, public_url, now)
    member = await member_named(session, account.member) if account.member else None
    if member is None:
        raise NotPosted("never", "this account is no longer linked to anybody")
    headline = one_line(str(post.content.get("headline", "")), LONGEST_LINE)
    thread = await _thread(session, post, now)
    if thread is not None and thread.sent_ref is not None:
        said = str(post.content.get("text", ""))
        card = Card(one_line(headline, LONGEST_TITLE), quotes=(cut(said, LONGEST_QUOTE),)) if said else None
        return Composed(Outgoing(post.key, account.reference, headline, card, thread=thread.sent_ref))
    if post.kind == _MOVED_AWAY:  # they hear of what is no longer theirs to see
        return Composed(Outgoing(post.key, account.reference, headline))
    card = await _card(session, post, member, public_url)
    if post.kind == _SAID:
        card = replace(card, quotes=(*card.quotes, cut(str(post.content.get("text", "")), LONGEST_QUOTE)))
    return Composed(Outgoing(post.key, account.reference, headline, card), is_card=True)


async def _update(
    session: AsyncSession, post: LeasedPost, account: ChatAccountRow, public_url: str, now: datetime
) -> Composed:
    row = ChatPostRow
    # Waits for a worker that is just taking the post, and may have read how things were before.
    earlier = await session.get(row, post.content["post"], with_for_update=True, populate_existing=True)
    if earlier is None:
        raise Withheld("what it would change is no longer known")
    if earlier.state == "in_flight":
        raise Postponed(now + _SOON, "what it changes is just being posted")
    if earlier.state != "sent" or earlier.sent_ref is None:
        raise Withheld("what it would change has not been posted, and will show how things are then")
    shown = earlier.sent_ref
    if not earlier.content.get("is_card"):
        if not post.content.get("is_erased"):
            raise Withheld("nothing in it has changed")
        return Composed(Outgoing(post.key, account.reference or {}, _ERASED, replaces=shown))
    member = await member_named(session, account.member) if account.member else None
    try:
        card = await card_now(session, post.subject_kind, post.subject_id, member, public_url) if member else _GONE
    except SubjectGone:
        card = _GONE
    except NotAllowed:
        card = Card("Passed on", text=("This is no longer yours to look after.",))
    return Composed(Outgoing(post.key, account.reference or {}, card.note or card.title, card, replaces=shown))


async def _thread(session: AsyncSession, post: LeasedPost, now: datetime) -> ChatPostRow | None:
    """The account's first post about the same, below which this one belongs."""
    row = ChatPostRow
    same = (row.subject_kind == post.subject_kind, row.subject_id == post.subject_id, row.kind != UPDATE)
    before = (row.account_id == post.account_id, row.id < post.id, row.state.in_(("sent", "in_flight")))
    found = await session.scalars(
        select(row).where(*same, *before).order_by(row.id).with_for_update().execution_options(populate_existing=True)
    )
    earlier = found.all()
    if any(each.state == "in_flight" for each in earlier):
        raise Postponed(now + _SOON, "what it belongs to is just being posted")
    return next((each for each in earlier if each.sent_ref is not None), None)


async def _card(session: AsyncSession, post: LeasedPost, member: Member, public_url: str) -> Card:
    try:
        return await card_now(session, post.subject_kind, post.subject_id, member, public_url)
    except SubjectGone:
        raise Withheld("what it was about is no longer kept") from None
    except NotAllowed:
        raise Withheld("what it is about is another's to look after by now") from None
