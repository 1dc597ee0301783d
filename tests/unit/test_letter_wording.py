"""What a wording may hold, and how it is told what it may not."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.facts import load_facts
from bot.letters.composing import placeholders
from bot.letters.composing.blocks import (
    Break,
    Bullets,
    Button,
    Heading,
    Link,
    Paragraph,
    Placeholder,
    Strong,
    Text,
    Wording,
)
from bot.letters.composing.wording import LONGEST, parse
from bot.letters.problems import LetterProblem

FACTS = load_facts(Path("facts.yml"))


def refusal(markdown: str) -> str:
    """The line with which a wording is refused."""
    with pytest.raises(LetterProblem) as problem:
        parse(markdown)
    assert "\n" not in str(problem.value)
    return str(problem.value)


def unknown(markdown: str, *needed: str) -> str:
    """The line with which its placeholders are refused."""
    with pytest.raises(LetterProblem) as problem:
        placeholders.check(parse(markdown), FACTS, needed)
    assert "\n" not in str(problem.value)
    return str(problem.value)


def test_a_wording_is_a_title_and_blocks() -> None:
    wording = parse("# Hello {school_name}\n\nOne **{fee}**\\\nline\n\n## Head\n\n- [a]({link})\n- b\n\n[Go]({link})\n")
    assert wording == Wording(
        (Text("Hello "), Placeholder("school_name")),
        (
            Paragraph((Text("One "), Strong((Placeholder("fee"),)), Break(), Text("line"))),
            Heading((Text("Head"),)),
            Bullets(((Link(Placeholder("link"), (Text("a"),)),), (Text("b"),))),
            Button(Link(Placeholder("link"), (Text("Go"),))),
        ),
    )


def test_placeholders_with_underscores_are_not_read_as_italics() -> None:
    (paragraph,) = parse("# T\n\n{head_name} and {sender_name} _").blocks
    assert paragraph == Paragraph((Placeholder("head_name"), Text(" and "), Placeholder("sender_name"), Text(" _")))


@pytest.mark.parametrize(
    ("markdown", "says"),
    [
        ("Hello", "does not begin with its title"),
        ("", "does not begin with its title"),
        ("## Hello", "does not begin with its title"),
        ("# **Bold**", "Line 1: the title is plain text"),
        ("# T\n\n# Another", "Line 3: headings after the title"),
        ("# T\n\n### Deep", "Line 3: headings after the title"),
        ("# T\n\n![x](https://x.example/y.png)", "Line 3: a picture cannot be in a letter"),
        ("# T\n\n`x`", "Line 3: code cannot be in a letter"),
        ("# T\n\n```\nx\n```", "Line 3: code cannot be in a letter"),
        ("# T\n\n<b>x</b>", "Line 3: HTML cannot be in a letter"),
        ("# T\n\n<div>\nx\n</div>", "Line 3: HTML cannot be in a letter"),
        ("# T\n\n> x", "Line 3: a quotation cannot be in a letter"),
        ("# T\n\n1. x", "Line 3: a numbered list cannot be in a letter"),
        ("# T\n\n*x*", "Line 3: italics cannot be in a letter"),
        ("# T\n\nx\n\n---", "Line 5: a line across cannot be in a letter"),
        ("# T\n\n- a\n  - b", 'Line 4: "bullet list" cannot be in a letter: a bullet holds only text'),
        ("# T\n\n{Fee}", "Line 3: a brace is no part of a placeholder"),
        ("# T\n\n{{ fee }}", "Line 3: a brace is no part of a placeholder"),
        ("# T\n\n**{% x %}**", "Line 3: a brace is no part of a placeholder"),
        ("# T\n\n[x](javascript:alert)", 'Line 3: the link to "javascript:alert" leads nowhere'),
        ("# T\n\n[x](page.html)", 'Line 3: the link to "page.html" leads nowhere'),
        ("# T\n\n[x](https://x.example/{link})", "Line 3: the link to"),
        ("# T\n\n" + "x" * LONGEST, "shorten it"),
    ],
)
def test_what_no_letter_can_hold_is_refused_with_its_line(markdown: str, says: str) -> None:
    assert says in refusal(markdown)


def test_an_unknown_placeholder_is_named_with_the_known_ones() -> None:
    said = unknown("# T\n\n{fees} {fee}")
    assert said.startswith("Nothing is known as {fees}: did you mean {fee}? There are {date}, ")
    for name in (*placeholders.OF_A_LETTER, *FACTS.facts):
        assert f"{{{name}}}" in said


def test_an_unknown_placeholder_is_found_wherever_it_stands() -> None:
    for where in (
        "# {x_y}",
        "# T\n\n## {x_y}",
        "# T\n\n- {x_y}",
        "# T\n\n**{x_y}**",
        "# T\n\n[a]({x_y})",
        "# T\n\n[{x_y}]({link}) a",
    ):
        assert "{x_y}" in unknown(where)


def test_a_missing_placeholder_is_named() -> None:
    whole = "# T\n\n{head_name} {first_session} {sender_name} [a]({link})"
    placeholders.check(parse(whole), FACTS, placeholders.NEEDED)
    for name in placeholders.NEEDED:
        assert f"does not name {{{name}}}" in unknown(whole.replace(f"{{{name}}}", "{fee}"), *placeholders.NEEDED)


def test_control_characters_are_left_out() -> None:
    assert parse("# A\x07B\n\nC\x1bD").title == (Text("AB"),)


PIECES = [
    *(
        "# ",
        "## ",
        "### ",
        "\n",
        "\n\n",
        "**",
        "*",
        "_",
        "[",
        "](",
        ")",
        "{",
        "}",
        "{fee}",
        "{link}",
        "<",
        ">",
        "!",
        "`",
        "\\",
    ),
    *("- ", "1. ", "    ", "&amp;", "word ", "https://x.example", "\x00", "---\n", "|", "~~~\n", "<!--"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=200))
@settings(max_examples=400)
def test_any_text_is_a_wording_or_refused_in_one_line(text: str) -> None:
    try:
        wording = parse("# Title\n\n" + text)
        placeholders.check(wording, FACTS)
    except LetterProblem as problem:
        assert "\n" not in str(problem)
