"""One message of a member of staff in, one turn out: told what they ask, and asked back before anything changes."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.letters import LetterRefused
from bot.desk.words import changing, telling
from bot.desk.words.changing import Deeds, Refused
from bot.desk.words.request import DeskRequest, Turn
from bot.hubs.problems import HubProblem
from bot.registration_form.draft import Said, Say
from bot.registration_form.wishes import Wish, wish
from bot.registrations.problems import NotPossible
from bot.staff.finding import member_named
from bot.staff.member import Doing, Door, Member, NotAllowed
from bot.store.database import Database
from bot.store.tables import ConversationRow

PATIENCE = 2  # answers of no use, after which nothing is changed
_DOORS: dict[str, Door] = {"slack": "slack", "teams": "teams"}
_DESK = "desk/"


class NoMember(NotAllowed):
    """The conversation belongs to nobody who works here, or no longer does."""


class DeskForm:
    """The conversation, on a ``database`` and what changes it. Each call is one transaction; raises StoreUnavailable."""

    def __init__(
        self, database: Database, deeds: Deeds, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._deeds = deeds
        self._clock = clock

    async def begin(self, conversation_id: str, topic: str, said: Said) -> Turn:
        """The first turn on ``topic`` ("places"). Raises NoMember."""
        return await self._turn(conversation_id, lambda session, doing: self._begin(session, doing, topic, said.text))

    async def hear(self, conversation_id: str, request: DeskRequest, said: Said) -> Turn:
        """The next turn. Raises NoMember."""
        asks = next((topic for topic in said.topics if topic.startswith(_DESK)), None)
        if said.choice is None and asks and said.is_sure and _is_new(request, asks):
            return await self.begin(conversation_id, asks.removeprefix(_DESK), said)
        return await self._turn(conversation_id, lambda session, doing: self._hear(session, doing, request, said))

    async def _turn(self, conversation_id: str, step: Callable[[AsyncSession, Doing], Awaitable[Turn]]) -> Turn:
        """What a rule forbids is said in its own sentence, and then nothing has changed."""
        try:
            async with self._database.writing() as session:
                turn = await step(session, await _doing(session, conversation_id))
                await session.commit()
        except NoMember:
            raise
        except (NotPossible, HubProblem, LetterRefused, Refused, NotAllowed) as refused:
            return Turn((Say("desk/refused", {"your_reason": f"{str(refused).rstrip('.')}."}),))
        return turn

    async def _begin(self, session: AsyncSession, doing: Doing, topic: str, text: str) -> Turn:
        now, member = self._clock(), doing.member
        match topic:
            case "registered":
                return Turn((await telling.registered(session, member, text, now),))
            case "places":
                return Turn((await telling.places(session, member, now),))
            case "questions":
                return Turn((await telling.waiting(session, member, now),))
            case "letters":
                return Turn((await telling.letters_sent(session, member, now),))
            case "confirm" | "withdraw":
                return await changing.name_school(session, doing, DeskRequest(topic), text, now)
            case "send_letter":
                return await changing.address_letter(session, doing, DeskRequest("send_letter"), text)
            case "first_session":
                return await changing.fix_session(session, doing, DeskRequest("first_session"), text, now)
        return Turn((Say("desk/help"),))

    async def _hear(self, session: AsyncSession, doing: Doing, request: DeskRequest, said: Said) -> Turn:
        now, chosen = self._clock(), (said.choice or "").removeprefix("desk:")
        if chosen == "leave" or (said.choice is None and _wants_to_leave(said)):
            return Turn((Say("desk/stopped"),))
        if request.asked == "check" and (chosen == "yes" or said.intent == "affirm"):
            return await self._deeds.do(session, doing, request, now)
        public = tuple(topic for topic in said.topics if topic.startswith(("ask/", "open/")) and said.is_sure)
        if public and said.choice is None and request.asked == "check":
            return Turn(changing.asked_again(request), request, public)
        if said.choice is not None:
            return await changing.choose(session, doing, request, chosen, now)
        turn = await changing.tell_more(session, doing, request, said.text, now)
        if turn.request is not None and turn.request == request:
            return _missed(turn, request)
        return turn


async def _doing(session: AsyncSession, conversation_id: str) -> Doing:
    """Whose conversation it is, as they are now, and the door that they came through. Raises NoMember."""
    row = await session.get(ConversationRow, conversation_id)
    member: Member | None = await member_named(session, row.member) if row is not None and row.member else None
    if row is None or member is None:
        raise NoMember
    return Doing(member, _DOORS.get(row.channel, "desk"))


def _wants_to_leave(said: Said) -> bool:
    return wish(said.text) in (Wish.STOP, Wish.LATER) or said.intent == "deny"


def _is_new(request: DeskRequest, topic: str) -> bool:
    """Whether it asks something else than what waits, whose answer may well read like it ("Fairview, on 12 January")."""
    return topic != f"{_DESK}{request.action}" and request.asked in ("check", "which")


def _missed(turn: Turn, request: DeskRequest) -> Turn:
    if request.misses + 1 >= PATIENCE:
        return Turn((Say("desk/stopped"),))
    says = (Say("desk/again"), *turn.say) if request.asked == "check" else turn.say
    return Turn(says, request.with_(misses=request.misses + 1))
