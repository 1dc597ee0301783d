"""Notices as mails: who hears of which change, put into the outbox in the transaction that made it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.notices import to_leader, to_office, to_school
from bot.notices.posting import Links, Office, Posting
from bot.notices.scheme import NoticeScheme
from bot.registrations.registration import Contact, Place, Registration


class MailedNotices:
    """Implements ``bot.registrations.notices.Notices``. ``office`` is an email address.

    The first contact of a school hears of everything; whoever else belongs to it, of what concerns them too.
    """

    def __init__(self, scheme: NoticeScheme, office: str, public_url: str, links: Links) -> None:
        self._office = Office(scheme, office, public_url, links)

    async def registered(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        post = Posting(self._office, session, registration, now)
        registration = post.registration
        if (place := registration.place) is None:
            return
        for to in registration.contacts[:1]:
            content = to_school.registered(registration, place, to, post.link(to))
            await post.to_school("registered", to, content, with_session=True)
        await post.to_leader("leader_registered", to_leader.registered(registration, place))
        if registration.by_hand:
            await post.to_office("office_by_hand", to_office.by_hand(registration))

    async def waiting(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        post = Posting(self._office, session, registration, now)
        registration = post.registration
        for to in registration.contacts[:1]:
            await post.to_school("waiting", to, to_school.waiting(registration, to, post.link(to)))
        await post.to_office("office_waiting", to_office.waiting(registration))

    async def joined(self, session: AsyncSession, registration: Registration, now: datetime, contact: Contact) -> None:
        post = Posting(self._office, session, registration, now)
        registration = post.registration
        newcomer = next((known for known in registration.contacts if known.person_id == contact.person_id), contact)
        content = to_school.joined(registration, newcomer, post.link(newcomer))
        await post.to_school(
            "joined", newcomer, content, with_session=registration.state in ("interested", "confirmed")
        )
        for to in registration.contacts[:1]:
            if to.person_id != newcomer.person_id:
                content = to_school.colleague_joined(registration, newcomer, to, post.link(to))
                await post.to_school("colleague_joined", to, content)
        if registration.place and registration.state != "waiting":
            await post.to_leader("leader_joined", to_leader.joined(registration, registration.place, newcomer))

    async def place_offered(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        post = Posting(self._office, session, registration, now)
        registration = post.registration
        if (place := registration.place) is None:
            return
        for to in registration.contacts[:1]:
            content = to_school.place_offered(registration, place, to, post.link(to))
            await post.to_school("place_offered", to, content)

    async def offer_lapsed(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        post = Posting(self._office, session, registration, now)
        registration = post.registration
        for to in registration.contacts[:1]:
            await post.to_school("offer_lapsed", to, to_school.offer_lapsed(registration, to, post.link(to)))

    async def confirmed(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        post = Posting(self._office, session, registration, now)
        registration = post.registration
        if (place := registration.place) is None:
            return
        for to in registration.contacts[:1]:
            content = to_school.confirmed(registration, place, to, post.link(to))
            await post.to_school("confirmed", to, content, with_session=True)
        if not registration.history or registration.history[-1].by != "leader":
            await post.to_leader("leader_confirmed", to_leader.confirmed(registration, place))

    async def corrected(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        post = Posting(self._office, session, registration, now)
        registration = post.registration
        for to in registration.contacts:
            await post.to_school("corrected", to, to_school.corrected(registration, to, post.link(to)))
        if registration.place and registration.state != "waiting":
            await post.to_leader("leader_corrected", to_leader.corrected(registration, registration.place))

    async def withdrawn(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        post = Posting(self._office, session, registration, now)
        registration = post.registration
        for to in registration.contacts:
            await post.to_school("withdrawn", to, to_school.withdrawn(registration, to))
        if registration.place and _held_a_place(registration):
            await post.to_leader("leader_withdrawn", to_leader.withdrawn(registration, registration.place))
        else:
            await post.to_office("office_withdrawn", to_office.withdrawn(registration))

    async def moved(
        self, session: AsyncSession, registration: Registration, now: datetime, before: Place | None
    ) -> None:
        post = Posting(self._office, session, registration, now)
        registration = post.registration
        if (place := registration.place) is None:
            return
        has_place = registration.state != "waiting"
        for to in registration.contacts[:1]:
            await post.to_school("moved", to, to_school.moved(registration, place, to, post.link(to)), has_place)
        if has_place:
            await post.to_leader("leader_moved_here", to_leader.moved_here(registration, place))
        if before is not None:
            there = Posting(self._office, session, replace(registration, place=before), now)
            moved_away = to_leader.moved_away(there.registration, there.registration.place or before, place)
            await there.to_leader("leader_moved_away", moved_away)


def _held_a_place(registration: Registration) -> bool:
    """Whether the leader has heard of the school: who only ever waited was the office's."""
    before = [change.state for change in registration.history if change.state != "withdrawn"]
    return not before or any(state in ("interested", "confirmed") for state in before)
