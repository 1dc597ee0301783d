"""The file of whom to write to: as spreadsheets save it, and every way in which it can be wrong."""

import codecs

import pytest

from bot.letters.mailing.recipients import LARGEST, Recipient, RecipientsRefused, read_recipients

HEAD = "email,name,school,urn,address,town,postcode\n"
ANN = 'Ann@Fairview.sch.uk,Ann Lee,Fairview Primary,,"1 High Street, Upper End",Otley,LS21 1AA\n'


def refused(content: str | bytes) -> list[str]:
    """What is wrong with a file, a line each."""
    with pytest.raises(RecipientsRefused) as problem:
        read_recipients(content if isinstance(content, bytes) else content.encode())
    assert str(problem.value).startswith("Nothing was sent or planned")
    return list(problem.value.problems)


def test_a_line_becomes_a_recipient() -> None:
    (ann,) = read_recipients((HEAD + ANN).encode())
    assert (ann.line, ann.email, ann.name, ann.urn) == (2, "ann@fairview.sch.uk", "Ann Lee", None)
    assert ann.school
    assert (ann.school.name, ann.school.address, ann.school.town, ann.school.postcode) == (
        "Fairview Primary", ("1 High Street", "Upper End"), "Otley", "LS21 1AA"
    )  # fmt: skip


def test_only_the_address_is_needed_and_columns_may_come_in_any_order() -> None:
    assert read_recipients(b"email\nann@fairview.sch.uk\n") == [Recipient(2, "ann@fairview.sch.uk", "", None, None)]
    (ann,) = read_recipients(b" URN ,Name,EMAIL\n100001,Ann Lee,ann@fairview.sch.uk\n")
    assert (ann.urn, ann.name, ann.email) == (100001, "Ann Lee", "ann@fairview.sch.uk")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("cp1252"),
        lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        lambda text: text.replace("\n", "\r\n").encode("cp1252"),
    ],
    ids=["UTF-8", "UTF-8 with a mark", "Windows-1252", "UTF-16", "CRLF"],
)
def test_every_way_in_which_spreadsheets_save_a_file_is_read(delimiter: str, encode: "object") -> None:
    text = (
        delimiter.join(("email", "name", "school"))
        + "\n"
        + delimiter.join(("zoe@st.sch.uk", "Zoë O’Hara", "St Chad’s"))
    )
    (zoe,) = read_recipients(encode(text))  # type: ignore[operator]
    assert (zoe.name, zoe.school and zoe.school.name) == ("Zoë O’Hara", "St Chad’s")


def test_empty_lines_and_trailing_empty_cells_mean_nothing() -> None:
    assert len(read_recipients(b"email,name\n\nann@fairview.sch.uk,Ann,,,\n,,\n")) == 1


def test_a_line_without_an_address_is_kept_as_one() -> None:
    assert [each.email for each in read_recipients(b"email,school\n,Hill Primary\n")] == [""]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("not an address,,,,,,", '"not an address" is no email address'),
        ("ann@fairview,,,,,,", "is no email address"),
        ("ann@fairview.sch.uk;bo@hill.sch.uk,,,,,,", "is no email address"),
        ('=HYPERLINK("http://x"),,,,,,', 'email begins with "=" as a formula does'),
        ('a@b.sch.uk,"=1+1",,,,,', 'name begins with "=" as a formula does'),
        ("a@b.sch.uk,+cmd|x,,,,,", 'name begins with "+"'),
        ("a@b.sch.uk,-2+3,,,,,", 'name begins with "-"'),
        ("a@b.sch.uk,@SUM(A1),,,,,", 'name begins with "@"'),
        ("a@b.sch.uk,,,12,,,", '"12" is no URN'),
        ("a@b.sch.uk,,,abc123,,,", "is no URN"),
        ("a@b.sch.uk,,,,1 High St,,", "there is address but no school"),
        ("a@b.sch.uk,,,,,Otley,LS21 1AA", "there is town and postcode but no school"),
        (f"a@b.sch.uk,{'x' * 101},,,,,", "name has more than 100 characters"),
        ("a@b.sch.uk,A\u202ennLee,,,,,", "cannot be printed"),
        ("a@b.sch.uk,,,,,,,,more", "more values than columns"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_with_its_line(cells: str, why: str) -> None:
    (problem,) = refused(HEAD + ANN + cells + "\n")
    assert problem.startswith("line 3: ")
    assert why in problem


def test_every_wrong_line_is_named_at_once_and_long_lists_are_cut_for_reading() -> None:
    content = (HEAD + "".join(f"wrong{n},,,,,,\n" for n in range(50))).encode()
    assert len(refused(content)) == 50
    with pytest.raises(RecipientsRefused) as problem:
        read_recipients(content)
    assert "… and 20 more" in str(problem.value)


def test_the_same_line_again_is_kept_for_the_plan_to_count_and_another_school_is_a_question() -> None:
    assert len(read_recipients((HEAD + ANN + ANN).encode())) == 2
    (problem,) = refused(HEAD + ANN + ANN.replace("Fairview", "Hill", 2).replace("Hill.sch", "fairview.sch"))
    assert "stands in line 2 too, with another name or school" in problem


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("name,school\n", "the column email is missing"),
        ("email,email\n", "the column email is there twice"),
        ("email,headteacher\n", 'the column "headteacher" is not known'),
    ],
)
def test_a_header_that_cannot_be_used_is_refused_with_the_columns_that_can(header: str, why: str) -> None:
    problems = refused(header + "a@b.sch.uk,x\n")
    assert any(why in problem for problem in problems)
    assert "email, name, school, urn, address, town, postcode" in problems[-1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "the file is empty"),
        (b"email\n", "there is nobody in it"),
        (b"email\na@b.sch.uk\n\0", "line 3: this is no text"),
        (b"PK\x03\x04\0\0 a spreadsheet", "this is no text"),
        (b"email,name\na@b.sch.uk,\x81\x8d\n", "line 2: the letters cannot be told"),
        (b'email,name\na@b.sch.uk,"Ann\n', "quotation marks do not match"),
    ],
)
def test_what_is_no_csv_is_refused(content: bytes, why: str) -> None:
    assert why in refused(content)[0]


def test_a_file_that_no_area_fills_is_refused_before_it_is_read() -> None:
    assert "divide it" in refused(b"email\n" + b"x" * LARGEST)[0]
