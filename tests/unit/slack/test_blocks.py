"""What a post looks like in Slack, and that nothing that somebody typed is more than words there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.slack import blocks, modal
from bot.channels.slack.arrived import Arrived
from bot.channels.slack.words import escaped, plain
from bot.chat.incoming import Reply
from bot.posts.card import Action, Card
from tests.unit.slack.published import buttons, check_blocks, check_view, texts

NASTY = "<!channel> @here <@U1> *bold* _x_ <https://evil.example|School> &amp; <b>html</b> :lock: `code`"
CARD = Card(
    title=f"New registration: {NASTY}",
    text=("A school has registered.",),
    fields=(("School", NASTY), ("Town", "Leeds"), ("Phone", "")),
    quotes=(NASTY,),
    actions=(
        Action("confirm", "Confirm", "r-1", is_primary=True),
        Action("answer", "Answer", "q-1"),
        Action("open", "Open", href="https://psqm.example/desk"),
    ),
    note="Confirmed by Ann.",
)


def test_a_card_is_what_slack_publishes() -> None:
    shown = blocks.of_card(CARD)
    check_blocks(shown)
    assert [block["type"] for block in shown] == ["header", "section", "section", "rich_text", "actions", "context"]
    confirm, answer, link = buttons(shown)
    assert (confirm["action_id"], confirm["value"], confirm["style"]) == ("confirm:0", "r-1", "primary")
    assert (answer["action_id"], answer["value"]) == ("answer:1", "q-1")
    assert link["url"] == "https://psqm.example/desk"


def test_no_text_is_read_as_markup_and_no_emoji_is_made_of_words() -> None:
    shown = blocks.of_card(CARD) + blocks.of_reply(Reply(NASTY, card=CARD, choices=(("c", NASTY),)))
    assert {text["type"] for text in texts(shown)} == {"plain_text", "text"}
    assert all(text["emoji"] is False for text in texts(shown) if text["type"] == "plain_text")


def test_what_is_empty_is_left_out() -> None:
    shown = blocks.of_card(Card("Title", fields=(("Phone", ""),), quotes=("  ",), text=("",)))
    assert [block["type"] for block in shown] == ["header"]


def test_40_000_characters_are_shown_as_far_as_slack_takes_them() -> None:
    long = "word " * 8_000
    check_blocks(blocks.of_card(Card(long, (long, long), ((long, long),) * 30, (long,), CARD.actions * 10, long)))
    check_blocks(blocks.of_reply(Reply(long, choices=tuple((f"{n}" * 300, long) for n in range(9)))))


@settings(max_examples=60)
@given(st.text(max_size=7_000), st.lists(st.tuples(st.text(max_size=3_000), st.text(max_size=3_000)), max_size=25))
def test_any_words_make_a_message_that_slack_takes(words: str, fields: list[tuple[str, str]]) -> None:
    check_blocks(blocks.of_card(Card(words, (words,), tuple(fields), (words,), CARD.actions, words)))


def test_a_reply_has_its_choices_and_links_as_buttons() -> None:
    reply = Reply(
        "Which one?", card=CARD, choices=(("a1", "Fairview"), ("b2", "Hill")), links=(("Desk", "https://x.example"),)
    )
    shown = blocks.of_reply(reply)
    check_blocks(shown)
    assert [button["action_id"] for button in buttons(shown)][-3:] == ["choose:a1", "choose:b2", "link:0"]


def test_the_window_for_an_answer_shows_the_question_and_knows_where_it_was_opened() -> None:
    pressed = Arrived("press", "k", "T", "T", "U", channel="D1", ts="1.2", action="answer", subject="q-1")
    shown = modal.view(pressed, NASTY * 100)
    check_view(shown)
    check_view(modal.view(pressed, ""))


@pytest.mark.parametrize("text", ["", "x" * 4_001])
def test_an_answer_that_cannot_be_said_is_told_so(text: str) -> None:
    assert modal.wrong_with(text)
    assert not modal.wrong_with("Yes, she can.")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("<@U0BOT> places", "places"),
        ("link <mailto:ann@hub.example|ann@hub.example>", "link ann@hub.example"),
        ("see <https://x.example/a?b=1&amp;c> or <https://y.example|Y>", "see https://x.example/a?b=1&c or Y"),
        ("<!here> ask <@U1> in <#C1|room>", "@here ask @somebody in #room"),
        ("2 &lt; 3 &amp;amp; <b>", "2 < 3 &amp; <b>"),
    ],
)
def test_what_people_type_becomes_plain(typed: str, said: str) -> None:
    assert plain(typed, "U0BOT") == said


@given(st.text())
def test_escaping_leaves_no_mark_and_is_undone_by_reading(text: str) -> None:
    assert not {"<", ">"} & set(escaped(text))
    assert plain(escaped(text)) == text.strip()
