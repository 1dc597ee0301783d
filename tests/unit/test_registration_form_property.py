"""Whatever is said and pressed in whatever order: the form keeps what it knows, says only what it has words for, and never
registers without a yes."""

import asyncio
import json
import re
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import GIVEN
from bot.registration_form.dialogue import RegistrationForm
from bot.registration_form.draft import Draft, Said
from bot.registration_form.turn import Turn
from tests.unit.test_registration_form import Register

RESPONSES = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))["responses"]
INTENTS = {"yes": "affirm", "no": "deny", "register us": "register"}
LINES = [
    *("yes", "no", "register us", "stop", "later", "why?", "I don't know", "what does it cost?", "none of these", "skip"),
    *("Fairview Primary, Barford", "St Mary's", "Oldfield Infant School", "Highfield Grammar School", "Ysgol Llan Primary"),
    *("Ann Lee, headteacher", "Ann Lee", "science lead", "ann@fairview.sch.uk", "ann@gmial.com", "ann@fairview", "020 7946 0000"),
    *("the email is wrong", "wrong school", "another hub", "my name is wrong", "=cmd()", "Newfield School, Barford, ZZ3 3CC"),
]  # fmt: skip
TO_THE_SUMMARY = ["Fairview Primary, Barford", "Ann Lee, headteacher", "ann@fairview.sch.uk"]


def typed(text: str) -> Said:
    return Said(text, INTENTS.get(text, ""), None, ("ask/cost",) if "cost" in text else (), True)


said = st.one_of(
    st.sampled_from(LINES).map(typed),
    st.text(min_size=1, max_size=60).map(lambda text: Said(text)),
    st.integers(0, 6),  # presses one of the buttons that are shown
)  # fmt: skip


def assert_can_be_said(turn: Turn) -> None:
    for say in turn.say:
        for variant in RESPONSES[f"utter_{say.response}"]:
            told = {name for name in re.findall(r"\{(\w+)\}", variant["text"]) if name.startswith(GIVEN)}
            assert told <= set(say.values), say.response
        assert all(value for value in say.values.values()), say


def assert_keeps_its_word(turn: Turn, register: Register, before: Draft, heard: Said) -> None:
    draft = turn.draft
    assert Draft.from_slot(json.loads(json.dumps(draft.as_slot()))) == draft
    assert turn.end is not None or draft.asked is not None, "a form that goes on has asked something"
    if draft.name is not None:
        assert not re.search(r"[\d=]", draft.name)
    if draft.email is not None:
        assert re.fullmatch(r"\S+@\S+\.\S+", draft.email)
    if turn.end == "registered":
        is_yes = heard.choice == "confirm:yes" or heard.intent in ("affirm", "register")
        assert is_yes and len(register.taken) == 1
        assert None not in (before.school, before.name, before.role, before.email)
    else:
        assert register.taken == []


@settings(max_examples=150)
@given(st.integers(0, len(TO_THE_SUMMARY)), st.lists(said, max_size=14))
def test_the_form_survives_every_conversation(known: int, lines: list[Said | int]) -> None:
    async def talk() -> None:
        register = Register()
        form = RegistrationForm(register, "I agree.")
        turn = await form.begin(Draft(), Said("put us down", "register"))
        for line in [*map(typed, TO_THE_SUMMARY[:known]), *lines]:
            assert_can_be_said(turn)
            offered = [choice for say in turn.say for _, choice in say.choices]
            if isinstance(line, int):
                if not offered:
                    continue
                line = Said("", "choose", offered[line % len(offered)])
            before = turn.draft
            turn = await form.hear(before, line, "c")
            assert_keeps_its_word(turn, register, before, line)
            if turn.end is not None:
                break
        assert_can_be_said(turn)

    asyncio.run(talk())
