"""The largest file of whom to write to that anybody would have."""

from bot.letters.mailing.recipients import read_recipients


def test_a_hundred_thousand_lines_are_read() -> None:
    content = "email,name,school,urn,address,town,postcode\n" + "".join(
        f"head{n}@school{n}.sch.uk,Ann Lee,School {n},,,Otley,\n" for n in range(100_000)
    )
    lines: list[int] = []
    assert len(read_recipients(content.encode(), lines.append)) == 100_000
    assert len(lines) == 100, "and it can be told how far it is"
