"""One message of the form in, one turn out: wishes first, then questions, then what the message tells."""

from dataclasses import replace

from bot.registration_form import answering, pressing
from bot.registration_form.details import Details, find_details
from bot.registration_form.directory import Directory
from bot.registration_form.draft import Draft, Said, Say
from bot.registration_form.interruption import asked, beside_letter, is_question, wants_letter
from bot.registration_form.questions import ask, ask_again
from bot.registration_form.turn import Turn
from bot.registration_form.wishes import Wish, field_named, wish

PATIENCE = 2  # answers of no use, after which the form explains and offers a way round in place of asking on


class RegistrationForm:
    """The form on a directory of schools and hubs."""

    def __init__(self, directory: Directory, consent: str) -> None:
        """``consent``: its wording, which is recorded with the registration."""
        self._directory = directory
        self._consent = consent

    async def begin(self, draft: Draft, said: Said) -> Turn:
        """The first turn: what is known already, also from the message that began it, is not asked again."""
        resumed = draft.asked is not None
        details = find_details(said.text) if said.text else Details()
        if draft.letter_email and (details.email or "").casefold() == draft.letter_email:
            details = replace(details, email=None)  # given for the letter alone: it is offered when its turn comes
        turn = await answering.tell(draft, details, said, self._directory, beginning=True)
        if turn is None or not turn.say:
            turn = await ask(turn.draft if turn else draft, self._directory)
        if (
            draft.invited_by and not resumed
        ):  # the school is known from a letter, and nobody has said yet that it is theirs
            turn = turn.after(Say("form/school_noted", {"your_school": draft.known_school.label}))
        return turn.after(Say("form/resume" if resumed else "form/begin"))

    async def hear(self, draft: Draft, said: Said, conversation_id: str) -> Turn:
        """The next turn."""
        if said.choice is not None:
            turn = await pressing.pressed(draft, said.choice, self._directory)
        else:
            turn = await self._typed(draft, said)
        return await self._register(turn, conversation_id) if turn.end == "registered" else turn

    async def _typed(self, draft: Draft, said: Said) -> Turn:
        if not said.text:  # a button of an answer in between
            return await self._answer(draft, said)
        if (settled := await pressing.settled(draft, said, self._directory)) is not None:
            return settled
        if wants_letter(said) and (draft.asked != "contact" or "@" not in said.text):
            return await self._with_letter(draft, said)
        wanted = wish(said.text)
        if wanted is not None and (turn := await self._wished(draft, wanted, said)):
            return turn
        asks = is_question(said)
        details = find_details(said.text)
        if asks and not (details.email or details.phone):
            return await self._answer(draft, said)
        turn = await answering.tell(draft, details, said, self._directory)
        if turn is None:
            return await self._not_told(draft, said)
        if not turn.say:
            turn = await ask(turn.draft, self._directory)
        return Turn(turn.draft, turn.say, asked(said) if asks or wants_letter(said) else (), turn.end)

    async def _with_letter(self, draft: Draft, said: Said) -> Turn:
        """The letter is asked for, and perhaps something is told beside."""
        told = beside_letter(said)
        turn = await answering.tell(draft, find_details(told.text), told, self._directory) if told.text else None
        if turn is None:
            return await self._answer(draft, said)
        if not turn.say:
            turn = await ask(turn.draft, self._directory)
        return Turn(turn.draft, turn.say, asked(said))

    async def _not_told(self, draft: Draft, said: Said) -> Turn:
        """The message tells nothing: it asks something without looking like it, only agrees to go on, or was of no use."""
        if asked(said) and said.is_sure:
            return await self._answer(draft, said)
        if said.intent in ("register", "affirm"):
            return await ask_again(draft, self._directory)
        return await self._missed(draft)

    async def _wished(self, draft: Draft, wanted: Wish, said: Said) -> Turn | None:
        """None where the wish makes no sense here, and the message is read as an answer."""
        match wanted:
            case Wish.STOP:
                return Turn(Draft(), [Say("form/stopped")], end="stopped")
            case Wish.LATER:
                return Turn(draft.with_(misses=0), [Say("form/later")], end="later")
            case Wish.WHY:
                why = Say(f"form/why_{draft.asked}" if draft.asked in _EXPLAINED else "form/why")
                return (await ask_again(draft, self._directory)).after(why)
            case Wish.UNKNOWN if draft.asked == "phone":
                return await ask(draft.with_(phone=""), self._directory)
            case Wish.UNKNOWN:
                return await self._help(draft)
            case Wish.BY_HAND if draft.asked in ("school", "by_hand"):
                return await pressing.pressed(draft, "school:none", self._directory)
            case Wish.CHANGE if draft.asked in ("summary", "change", "hub") or field_named(said.text):
                return await self._change(draft, said)
        return None

    async def _change(self, draft: Draft, said: Said) -> Turn | None:
        """ "The email is wrong" asks for it anew; "no, it is ann@…" brings the new one along and is no wish."""
        details = find_details(said.text)
        if details.email or details.phone:
            return None
        field = field_named(said.text)
        if field is None:
            return await ask(draft, self._directory, "change")
        return await pressing.pressed(draft, f"change:{field}", self._directory)

    async def _answer(self, draft: Draft, said: Said) -> Turn:
        """Answers a question in between, and asks again."""
        turn = (await ask_again(draft, self._directory)).after(Say("form/back"))
        return Turn(turn.draft, turn.say, asked(said) or ("out_of_scope",))

    async def _missed(self, draft: Draft) -> Turn:
        draft = draft.with_(misses=draft.misses + 1)
        if draft.misses >= PATIENCE:
            return await self._help(draft)
        return Turn(draft, [answering.not_understood(draft)])

    async def _help(self, draft: Draft) -> Turn:
        """Explains, and offers a way round."""
        return Turn(draft.with_(misses=0), [answering.way_round(draft)])

    async def _register(self, turn: Turn, conversation_id: str) -> Turn:
        return await pressing.registered(turn.draft, self._directory, self._consent, conversation_id)


_EXPLAINED = {"school", "person", "name", "role", "contact", "phone", "summary"}
