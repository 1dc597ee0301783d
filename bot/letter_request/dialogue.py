"""One message of somebody who asks for the letter in, one turn out."""

from bot.letter_request import saying, wishes
from bot.letter_request.letters import Letters
from bot.letter_request.request import Asker, LetterRequest
from bot.letter_request.turn import Turn
from bot.registration_form.checks import Unusable, checked_email, meant_email
from bot.registration_form.details import find_emails
from bot.registration_form.draft import Said, Say
from bot.registration_form.interruption import SEND_LETTER, asked, is_question

PATIENCE = 2  # answers of no use, after which it is left at reading the letter here


class LetterForm:
    """The conversation, on what sends ``letters``."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    async def begin(self, request: LetterRequest, said: Said, asker: Asker) -> Turn:
        """The first turn: an address that is known, or in the message already, is not asked for."""
        request = LetterRequest(sent_to=request.sent_to, then_register=_wants_to_register(said))
        if emails := find_emails(said.text):
            return await self._take(request, emails, asker)
        if wishes.wants_to_read(said.text):
            return _ended(request, saying.read_here())
        if request.sent_to:
            return await self._send(request, request.sent_to, asker)
        if asker.draft.email:
            return _ask_known(request, asker.draft.email)
        return _ask(request, saying.begin())

    async def hear(self, request: LetterRequest, said: Said, asker: Asker) -> Turn:
        """The next turn."""
        if said.choice is not None:
            return await self._pressed(request, said.choice, asker)
        if wishes.wants_to_leave(said.text):
            return _ended(request, saying.stopped())
        if emails := find_emails(said.text):
            request = request.with_(then_register=request.then_register or _wants_to_register(said))
            turn = await self._take(request, emails, asker)
            asks = is_question(said) or (said.is_sure and said.intent == "several")
            return _answering(turn, said) if asks else turn
        if said.intent in ("affirm", "deny"):
            return await self._settled(request, said.intent == "affirm", asker)
        return await self._typed(request, said, asker)

    async def in_between(self, said: Said, asker: Asker) -> list[Say]:
        """Asked for while a school is being registered: goes to the address that is known, or can be read here."""
        try:
            typed = [checked_email(email) for email in find_emails(said.text)[:1]]
        except Unusable as wrong:
            return [saying.wrong(wrong.reason), saying.here()]
        email = typed[0] if typed else asker.draft.email
        if email is None or (typed and meant_email(email)):
            return [saying.here()]
        return list((await self._send(LetterRequest(), email, asker)).say)

    async def _typed(self, request: LetterRequest, said: Said, asker: Asker) -> Turn:
        if wishes.asks_why(said.text):
            return _ask_again(request, asker).after(saying.why())
        if _wants_to_register(said):
            return Turn(LetterRequest(sent_to=request.sent_to), (), _questions(said), end=True, register=True)
        if wishes.wants_to_read(said.text):
            return _ended(request, saying.read_here())
        if request.asked == "known" and wishes.wants_another(said.text):
            return _ask(request, saying.ask_other())
        if _questions(said) and (said.is_sure or is_question(said)):
            return _answering(_ask_again(request, asker), said)
        if wishes.does_not_know(said.text):
            return _ended(request, saying.way_round())
        question = _ask_again(request, asker).say[0] if request.asked != "address" else saying.again()
        return _missed(request, question)

    async def _pressed(self, request: LetterRequest, choice: str, asker: Asker) -> Turn:
        """``choice`` is "letter:value"; one that is out of date asks the present question again."""
        match choice.removeprefix("letter:"):
            case "yes" | "typed" as value if request.asked in ("known", "meant"):
                return await self._settled(request, value == "yes", asker)
            case "other":
                return _ask(request.with_(typed=None, suggested=None), saying.ask_other())
            case "here":
                return _ended(request, saying.read_here())
        return _ask_again(request, asker)

    async def _settled(self, request: LetterRequest, is_yes: bool, asker: Asker) -> Turn:
        """A yes or a no to the question that was asked last."""
        if request.asked == "meant" and request.suggested and request.typed:
            email = request.suggested if is_yes else request.typed
            return await self._send_all(request.with_(suggested=None, typed=email), (email, *request.left), asker)
        if request.asked == "known" and asker.draft.email:
            return await self._send(request, asker.draft.email, asker) if is_yes else _ask(request, saying.ask_other())
        return _missed(request, saying.again()) if is_yes else _ended(request, saying.stopped())

    async def _take(self, request: LetterRequest, emails: tuple[str, ...], asker: Asker) -> Turn:
        try:
            return await self._send_all(request, tuple(checked_email(email) for email in emails), asker)
        except Unusable as wrong:
            return _missed(request.with_(asked="address"), saying.wrong(wrong.reason))

    async def _send_all(self, request: LetterRequest, emails: tuple[str, ...], asker: Asker) -> Turn:
        """Sends it to each, as far as the address looks right; asks back where one does not."""
        says: list[Say] = []
        for at, email in enumerate(emails):
            meant = meant_email(email)
            if meant and email != request.typed:  # somebody who insists is right
                waiting = request.with_(asked="meant", misses=0, typed=email, suggested=meant, left=emails[at + 1 :])
                return Turn(waiting, (*says, saying.meant(meant)))
            turn = await self._send(request, email, asker)
            request, says = turn.request, [*says, *turn.say]
        return Turn(request, tuple(says), end=True, register=request.then_register)

    async def _send(self, request: LetterRequest, email: str, asker: Asker) -> Turn:
        sent = await self._letters.send(email, asker)
        reached = {"sent_to": email} if sent.outcome in ("sent", "on_its_way") else {}
        request = request.with_(asked=None, misses=0, typed=None, suggested=None, left=(), **reached)
        return Turn(request, (saying.outcome(sent, email),), end=True, register=request.then_register)


def _ask(request: LetterRequest, say: Say) -> Turn:
    return Turn(request.with_(asked="address"), (say,))


def _ask_known(request: LetterRequest, email: str) -> Turn:
    return Turn(request.with_(asked="known"), (saying.to_known(email),))


def _ask_again(request: LetterRequest, asker: Asker) -> Turn:
    """Puts the same question once more."""
    if request.asked == "meant" and request.suggested:
        return Turn(request, (saying.meant(request.suggested),))
    if request.asked == "known" and asker.draft.email:
        return _ask_known(request, asker.draft.email)
    return _ask(request, saying.resume())


def _missed(request: LetterRequest, say: Say) -> Turn:
    """The answer was of no use: the first time it is asked for anew, the second time there is another way."""
    request = request.with_(misses=request.misses + 1)
    return Turn(request, (say,)) if request.misses < PATIENCE else _ended(request, saying.way_round())


def _ended(request: LetterRequest, say: Say) -> Turn:
    """Nothing was sent, and nothing of what was typed is kept."""
    return Turn(LetterRequest(sent_to=request.sent_to), (say,), end=True)


def _answering(turn: Turn, said: Said) -> Turn:
    """The same turn, after the questions of the message are answered."""
    return Turn(turn.request, turn.say, _questions(said), turn.end, turn.register)


def _questions(said: Said) -> tuple[str, ...]:
    return tuple(topic for topic in asked(said) if topic != SEND_LETTER)


def _wants_to_register(said: Said) -> bool:
    """An answer in a few words ("to the school") may look like it to the engine: it has to be said, or pressed."""
    is_read = said.intent == "register" or (said.is_sure and "register" in said.topics)
    return is_read and (not said.text or wishes.speaks_of_joining(said.text))
