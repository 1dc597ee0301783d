"""One message of somebody who hands a question over in, one turn out."""

from bot import private_numbers
from bot.handover import saying, wishes
from bot.handover.people import People, Situation
from bot.handover.request import HandoverRequest
from bot.handover.turn import Turn
from bot.letter_request.request import Asker
from bot.questions.question import Reason
from bot.registration_form.checks import Unusable, checked_email, meant_email
from bot.registration_form.details import find_emails
from bot.registration_form.draft import Said, Say
from bot.registration_form.interruption import asked, is_question

PATIENCE = 2  # answers of no use, after which the scheme's address is given
PERSON = "person"
"""The topic of somebody who asks for a person."""


class HandoverForm:
    """The conversation, on the ``people`` who answer."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def begin(self, reason: Reason, said: Said, asker: Asker) -> Turn:
        """The first turn: what the message asks beside a person, or what was asked before, is the question."""
        situation = await self._people.situation(asker)
        question = said.text if _questions(said) else situation.last_question
        request = HandoverRequest(reason, question=question)
        if not question:
            return _ask(request, "question", saying.begin())
        if question == situation.waiting:
            return _ended(saying.already(situation))
        return _ask_consent(request, situation)

    async def hear(self, request: HandoverRequest, said: Said, asker: Asker) -> Turn:
        """The next turn."""
        if said.choice is not None:
            return await self._pressed(request, said.choice, asker)
        if wishes.wants_to_leave(said.text):
            return _ended(saying.stopped())
        if wishes.asks_why(said.text) and request.asked != "question":
            return (await self._ask_again(request, asker)).after(saying.why())
        if instead := wishes.question_instead(said.text):
            return await self._take_question(request, instead, asker)
        match request.asked:
            case "question":
                return await self._hear_question(request, said, asker)
            case "consent":
                return await self._hear_consent(request, said, asker)
        return await self._hear_reach(request, said, asker)

    async def _hear_question(self, request: HandoverRequest, said: Said, asker: Asker) -> Turn:
        if said.intent == "deny":
            return _ended(saying.stopped())
        if said.intent in ("affirm", PERSON) or not said.text:
            return _missed(request, saying.again("question"))
        return await self._take_question(request, said.text, asker)

    async def _take_question(self, request: HandoverRequest, words: str, asker: Asker) -> Turn:
        if not any(sign.isalnum() for sign in words) or private_numbers.find(words):
            return _missed(request.with_(asked="question"), saying.again("question"))
        request = request.with_(question=words, misses=0)
        if request.shares is not None:
            return await self._ask_reach(request, asker)
        return _ask_consent(request, await self._people.situation(asker))

    async def _hear_consent(self, request: HandoverRequest, said: Said, asker: Asker) -> Turn:
        shares = wishes.shares(said.text)
        if shares is None and said.intent in ("affirm", "deny"):
            shares = said.intent == "affirm"  # whether they may read it was the question
        if shares is not None:
            return await self._ask_reach(request.with_(shares=shares), asker)
        if wishes.wants_another(said.text):
            return _ask(request, "question", saying.ask_question())
        return await self._in_between(request, said, asker)

    async def _hear_reach(self, request: HandoverRequest, said: Said, asker: Asker) -> Turn:
        if emails := find_emails(said.text):
            return await self._take_email(request, emails[0], asker)
        if wishes.here_is_fine(said.text):
            return await self._pass_on(request.with_(email=""), asker)
        if said.intent in ("affirm", "deny"):
            return await self._settle(request, said.intent == "affirm", asker)
        if wishes.wants_another(said.text):
            return _ask(request, "reach", saying.ask_reach())
        return await self._in_between(request, said, asker)

    async def _settle(self, request: HandoverRequest, is_yes: bool, asker: Asker) -> Turn:
        """A yes or a no to a question about an address."""
        if request.asked == "meant":
            return await self._pass_on(request.with_(email=request.suggested if is_yes else request.typed), asker)
        if not is_yes:  # no address: the conversation is what is left
            return await self._pass_on(request.with_(email=""), asker)
        known = _known_email(asker)
        if request.asked == "known" and known:
            return await self._pass_on(request.with_(email=known), asker)
        return _missed(request, saying.again("reach"))

    async def _in_between(self, request: HandoverRequest, said: Said, asker: Asker) -> Turn:
        """No answer: a question of its own, or of no use."""
        again = await self._ask_again(request, asker)
        topics = _questions(said)
        if topics and (said.is_sure or is_question(said)):
            return Turn(again.request, again.say, topics)
        if request.asked in ("consent", "reach"):
            return _missed(request, saying.again(request.asked))
        return _missed(request, *again.say)

    async def _pressed(self, request: HandoverRequest, choice: str, asker: Asker) -> Turn:
        """``choice`` is "handover:value"; one that is out of date asks the present question again."""
        match choice.removeprefix("handover:"), request.asked:
            case "leave", _:
                return _ended(saying.stopped())
            case ("with" | "only") as value, "consent":
                return await self._ask_reach(request.with_(shares=value == "with"), asker)
            case "other", "consent":
                return _ask(request, "question", saying.ask_question())
            case "here", "reach" | "known":
                return await self._pass_on(request.with_(email=""), asker)
            case "known", "known":
                return await self._settle(request, True, asker)
            case "address", "known":
                return _ask(request, "reach", saying.ask_reach())
            case ("meant" | "typed") as value, "meant":
                return await self._settle(request, value == "meant", asker)
        return await self._ask_again(request, asker)

    async def _take_email(self, request: HandoverRequest, email: str, asker: Asker) -> Turn:
        try:
            email = checked_email(email)
        except Unusable as unusable:
            return _missed(request.with_(asked="reach"), saying.wrong(unusable.reason))
        meant = meant_email(email)
        if meant and email != request.typed:  # somebody who insists is right
            return _ask(request.with_(typed=email, suggested=meant), "meant", saying.meant(meant))
        return await self._pass_on(request.with_(email=email), asker)

    async def _ask_reach(self, request: HandoverRequest, asker: Asker) -> Turn:
        known = _known_email(asker)
        return (
            _ask(request, "known", saying.reach_known(known)) if known else _ask(request, "reach", saying.ask_reach())
        )

    async def _ask_again(self, request: HandoverRequest, asker: Asker) -> Turn:
        """Puts the same question once more."""
        match request.asked:
            case "consent":
                return _ask_consent(request, await self._people.situation(asker))
            case "meant" if request.suggested:
                return _ask(request, "meant", saying.meant(request.suggested))
            case "question":
                return _ask(request, "question", saying.ask_question())
            case "reach":
                return _ask(request, "reach", saying.ask_reach())
        return await self._ask_reach(request, asker)

    async def _pass_on(self, request: HandoverRequest, asker: Asker) -> Turn:
        return _ended(saying.passed_on(request, await self._people.pass_on(request, asker)))


def _known_email(asker: Asker) -> str | None:
    return asker.draft.email or asker.draft.letter_email


def _ask(request: HandoverRequest, what: str, say: Say) -> Turn:
    return Turn(request.with_(asked=what, misses=0), (say,))


def _ask_consent(request: HandoverRequest, situation: Situation) -> Turn:
    return _ask(request, "consent", saying.consent(request, situation))


def _missed(request: HandoverRequest, *says: Say) -> Turn:
    """The answer was of no use: the first time it is asked for anew, the second time there is another way."""
    request = request.with_(misses=request.misses + 1)
    return Turn(request, says) if request.misses < PATIENCE else _ended(saying.way_round())


def _ended(say: Say) -> Turn:
    """Nothing of what was typed is kept here."""
    return Turn(HandoverRequest(), (say,), end=True)


def _questions(said: Said) -> tuple[str, ...]:
    return tuple(topic for topic in asked(said) if topic.startswith(("ask/", "open/")))
