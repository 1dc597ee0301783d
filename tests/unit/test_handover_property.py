"""Whatever is said and pressed in whatever order: nothing is passed on that was not agreed to, at most one question leaves, the
answer goes only to an address that the person gave or agreed to, and the form ends after two answers of no use."""

import asyncio
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.handover.dialogue import PATIENCE, HandoverForm
from bot.handover.request import HandoverRequest
from bot.handover.turn import Turn
from bot.letter_request.request import Asker
from bot.registration_form.draft import Draft, Said
from tests.unit.test_handover import People
from tests.unit.test_letter_request_property import agreed_to, on_the_wire
from tests.unit.test_registration_form_property import assert_can_be_said, typed

KNOWN = "ann@fairview.sch.uk"
LINES = [
    *("yes", "no", "register us", "stop", "later", "why?", "I don't know", "what does it cost?", "another question"),
    *("head@fairview.sch.uk", "head@gmial.com", "head@fairview", "head@@x.uk", "here is fine", "only my question"),
    *("my question is when we pay", "with our conversation", "<b>@</b>", "@", "/restart", "leave it", "4111 1111 1111 1111"),
]  # fmt: skip

said = st.one_of(
    st.sampled_from(LINES).map(typed),
    st.text(min_size=1, max_size=60).map(lambda text: Said(text)),
    st.sampled_from(["handover:with", "handover:known", "handover:meant", "confirm:yes", "x"]),  # stale or forged
    st.integers(0, 6),  # presses one of the buttons that are shown
)


@settings(max_examples=200)
@given(st.booleans(), st.booleans(), st.lists(said, max_size=14))
def test_the_hand_over_survives_every_conversation(
    has_asked: bool, is_known: bool, lines: list[Said | int | str]
) -> None:
    async def talk() -> None:
        people = People("Is VAT added?" if has_asked else "")
        form = HandoverForm(people)
        asker = Asker("c", draft=Draft(email=KNOWN if is_known else None))
        heard = [Said("a person please", "person", None, ("person",), True)]
        turn = await form.begin("asked_for_person", heard[0], asker)
        for line in lines:
            assert_can_be_said(turn)
            assert_is_kept_whole(turn)
            if turn.end:
                break
            offered = [choice for say in turn.say for _, choice in say.choices]
            if isinstance(line, int):
                if not offered:
                    continue
                line = offered[line % len(offered)]
            if isinstance(line, str):
                line = Said("", "choose", line)
            heard.append(line)
            turn = await form.hear(turn.request, line, asker)
        assert_can_be_said(turn)
        assert len(people.passed) <= (1 if turn.end else 0)
        agreed = {on_the_wire(email) for email in agreed_to(heard) | ({KNOWN} if is_known else set())}
        for passed in people.passed:
            assert passed.shares is not None, "it was asked whether the conversation may be read"
            assert passed.question
            assert not passed.email or on_the_wire(passed.email) in agreed

    asyncio.run(talk())


def assert_is_kept_whole(turn: Turn) -> None:
    request = turn.request
    assert HandoverRequest.from_slot(json.loads(json.dumps(request.as_slot()))) == request
    assert turn.end or (request.asked is not None and turn.say), "a form that goes on has asked something"
    assert request.misses < PATIENCE or turn.end
    if turn.end:
        assert request == HandoverRequest(), "nothing of it is kept for the next time"
