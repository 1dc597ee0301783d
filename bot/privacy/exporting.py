"""A copy of everything that is kept about a person: UK GDPR, Article 15."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.suppression import Suppressed, Suppression
from bot.privacy.correspondence import arrived_shown, hub_letters_shown, letters_sent_for, letters_shown
from bot.privacy.elsewhere import Elsewhere
from bot.privacy.holdings import Holdings, find, mails_about
from bot.privacy.questions import questions_shown
from bot.registrations import reading
from bot.registrations.registration import Registration
from bot.store.tables import ConsentRow, ConversationRow, HubRow, MessageRow, OutboxRow, PersonRow


async def export(
    session: AsyncSession, email: str, elsewhere: Elsewhere, suppression: Suppression
) -> dict[str, Any] | None:
    """A document that is ready for JSON, moments as ISO 8601 in UTC; None when nothing is kept.

    It names other people only where a mail or the person did. Raises StoreUnavailable.
    """
    if (held := await find(session, email, suppression)) is None:
        return None
    begun = await elsewhere.memory.about(held.letters)
    return {
        "email": held.email,
        "person": _person(held.person),
        "hub_leader": await _leader(session, held),
        "consents": await _consents(session, held.person),
        "registrations": [
            _registration(await reading.registration(session, id_), held.person) for id_ in held.registrations
        ],
        "letters": await letters_shown(session, held.letters),
        "no_letters_any_more": _suppressed(held.suppressed),
        "mails_from_you": await arrived_shown(session, held.arrived),
        "mails": [_mail(mail, held.email) for mail in await mails_about(session, held)],
        "questions_to_a_person": await questions_shown(session, held.questions),
        "conversations": [await _conversation(session, id_, elsewhere) for id_ in held.conversations],
        # Not given out: the letter may have been passed on, and another person may have led them (Article 15(4)).
        "other_conversations_begun_by_your_letters": len(begun - set(held.conversations)),
    }


def _person(person: PersonRow | None) -> dict[str, Any] | None:
    if person is None:
        return None
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "phone": person.phone,
        "since": person.created_at.isoformat(),
    }


async def _leader(session: AsyncSession, held: Holdings) -> dict[str, Any] | None:
    if held.leader is None:
        return None
    hubs = await session.scalars(select(HubRow.name).where(HubRow.leader_id == held.leader.id).order_by(HubRow.name))
    return {
        "id": held.leader.id,
        "name": held.leader.name,
        "hubs": list(hubs),
        "letters_of_hubs": await hub_letters_shown(session, held.leader.id),
        "letters_sent_in_your_name": await letters_sent_for(session, held.leader.id),
    }


def _suppressed(entry: Suppressed | None) -> dict[str, Any] | None:
    return {"because": entry.reason, "since": entry.since.isoformat()} if entry else None


async def _consents(session: AsyncSession, person: PersonRow | None) -> list[dict[str, Any]]:
    if person is None:
        return []
    rows = await session.scalars(
        select(ConsentRow).where(ConsentRow.person_id == person.id).order_by(ConsentRow.given_at, ConsentRow.id)
    )
    return [{"wording": row.wording, "given_at": row.given_at.isoformat()} for row in rows]


def _registration(registration: Registration, person: PersonRow | None) -> dict[str, Any]:
    place = registration.place
    return {
        "id": registration.id,
        "school_year": registration.year,
        "school": {
            "urn": registration.urn,
            "name": registration.school_name,
            "town": registration.school_town,
            "postcode": registration.school_postcode,
        },
        "state": registration.state,
        "offered_until": registration.offered_until.isoformat() if registration.offered_until else None,
        "hub": place.hub_name if place else None,
        "is_first_contact": bool(person and registration.contacts[0].person_id == person.id),
        "created_at": registration.created_at.isoformat(),
        "history": [
            {"at": change.at.isoformat(), "state": change.state, "by": change.by, "why": change.why}
            for change in registration.history
        ],
    }


def _mail(mail: OutboxRow, email: str) -> dict[str, Any]:
    """A mail to the person whole; of one to somebody else, that it names the person."""
    about: dict[str, Any] = {
        "kind": mail.kind,
        "state": mail.state,
        "created_at": mail.created_at.isoformat(),
        "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
        "subject": mail.subject,
        "text": mail.text,
    }
    if mail.letter_id:
        about["letter"] = mail.letter_id  # what it says was written when it left, and is not kept
    if mail.recipient != email:
        return about | {"to": "somebody else, about you"}
    return about | {"to": mail.recipient, "attachments": [file["filename"] for file in mail.attachments]}


async def _conversation(session: AsyncSession, conversation_id: str, elsewhere: Elsewhere) -> dict[str, Any]:
    conversation = (await session.scalars(select(ConversationRow).where(ConversationRow.id == conversation_id))).one()
    messages = await session.scalars(
        select(MessageRow).where(MessageRow.conversation_id == conversation_id).order_by(MessageRow.n)
    )
    return {
        "id": conversation.id,
        "channel": conversation.channel,
        "began_at": conversation.created_at.isoformat(),
        "last_at": conversation.last_at.isoformat(),
        "messages": [
            {
                "n": row.n,
                "from": row.sender,
                "name": row.author or None,
                "at": row.created_at.isoformat(),
                "text": row.text,
                "rated": row.rating,
                "understood_as": row.understood,
            }
            for row in messages
        ],
        "noted_by_the_engine": await elsewhere.memory.noted(conversation_id),
    }
