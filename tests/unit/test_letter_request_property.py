"""Whatever is said and pressed in whatever order: the letter goes only to addresses that the person gave or agreed to, the form
ends after two answers of no use, and says only what it has words for."""

import asyncio
import json

import idna
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.letter_request.dialogue import PATIENCE, LetterForm
from bot.letter_request.request import Asker, LetterRequest
from bot.letter_request.turn import Turn
from bot.registration_form.checks import meant_email
from bot.registration_form.details import find_emails
from bot.registration_form.draft import Draft, Said
from tests.unit.test_letter_request import Post
from tests.unit.test_registration_form_property import assert_can_be_said, typed

KNOWN = "ann@fairview.sch.uk"
LINES = [
    *("yes", "no", "register us", "stop", "later", "why?", "I don't know", "what does it cost?", "send it again"),
    *("head@fairview.sch.uk", "head@gmial.com", "head@fairview", "head@@x.uk", "a@x.sch.uk, b@gmial.com, c@hotmial.com"),
    *("another address", "read it here", "don't send it", "<b>@</b>", "@", "/restart", "=cmd()@x.uk"),
]  # fmt: skip

said = st.one_of(
    st.sampled_from(LINES).map(typed),
    st.text(min_size=1, max_size=60).map(lambda text: Said(text)),
    st.emails().map(lambda email: Said(f"to {email} please")),
    st.sampled_from(["letter:yes", "letter:typed", "letter:other", "confirm:yes", "x"]),  # stale or forged
    st.integers(0, 6),  # presses one of the buttons that are shown
)  # fmt: skip


def agreed_to(lines: list[Said]) -> set[str]:
    """Every address that the person gave, and what it may be meant to be."""
    given = {email.lower() for line in lines for email in find_emails(line.text)}
    return given | {meant for email in given if "@" in email and (meant := meant_email(email))}


def on_the_wire(email: str) -> str:
    """The address in the one spelling that servers know: its domain may be typed in its own script or in ASCII."""
    local, _, host = email.casefold().rpartition("@")
    try:
        return f"{local}@{idna.encode(host, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return f"{local}@{host}"


@settings(max_examples=200)
@given(st.booleans(), st.lists(said, max_size=14))
def test_the_letter_form_survives_every_conversation(is_known: bool, lines: list[Said | int | str]) -> None:
    async def talk() -> None:
        post = Post()
        form = LetterForm(post)
        asker = Asker("c", draft=Draft(email=KNOWN if is_known else None))
        heard = [Said("send me the letter", "send_letter")]
        turn = await form.begin(LetterRequest(), heard[0], asker)
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
        agreed = agreed_to(heard) | ({KNOWN} if is_known else set())
        assert {on_the_wire(email) for email in post.sent} <= {on_the_wire(email) for email in agreed}

    asyncio.run(talk())


def assert_is_kept_whole(turn: Turn) -> None:
    request = turn.request
    assert LetterRequest.from_slot(json.loads(json.dumps(request.as_slot()))) == request
    assert turn.end or request.asked is not None, "a form that goes on has asked something"
    assert request.misses < PATIENCE or turn.end
    assert turn.end or turn.say, "a form that goes on says something"
    assert not turn.register or turn.end
    if turn.end:
        assert (request.suggested, request.left) == (None, ()), "nothing that waited is taken into the next request"
