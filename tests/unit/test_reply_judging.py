"""How the benchmark judges what became of a reply."""

import pytest

from bench.reply_corpus import Expected, corpus
from bench.reply_judging import Became, Outcome, is_needless, judge

MAILS = {expected.name: expected for expected in corpus()}
COST, VAT = MAILS["windows-1252-labelled-utf-8"], MAILS["outlook-desktop-cost-and-vat"]
YES, THANKS, COMPLAINT = (
    MAILS["outlook-desktop-put-us-down"],
    MAILS["gmail-phone-thanks"],
    MAILS["complaint-wrong-name"],
)
PRIVACY, FROM_NOBODY = MAILS["gmail-web-privacy"], MAILS["school-mis-message"]


def covers(_answered: str, _wanted: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("expected", "became", "outcome"),
    [
        (COST, Became("answered", ("ask/cost",), True), Outcome.ANSWERED),
        (COST, Became("answered", ("ask/launch",), True), Outcome.WRONG),
        (COST, Became("handed_over", (), True), Outcome.HANDED_OVER),
        (COST, Became("handed_over", (), False), Outcome.WRONG),
        (FROM_NOBODY, Became("handed_over", (), False), Outcome.HANDED_OVER),
        (VAT, Became("answered", ("ask/membership",), True), Outcome.WRONG),
        (VAT, Became("handed_over", ("open/vat", "ask/membership"), True), Outcome.BOTH),
        (YES, Became("answered", ("form/begin", "form/consent"), True), Outcome.ANSWERED),
        (YES, Became("handed_over", (), True), Outcome.WRONG),
        (THANKS, Became("noted", (), False), Outcome.ANSWERED),
        (COMPLAINT, Became("noted", (), False), Outcome.WRONG),
        (COMPLAINT, Became("answered", ("ask/launch",), True), Outcome.WRONG),
        (PRIVACY, Became("answered", ("chat/privacy",), True), Outcome.UNLOOKED),
    ],
)
def test_what_became_of_a_reply_is_judged(expected: Expected, became: Became, outcome: Outcome) -> None:
    assert judge(expected, became, covers) == outcome


def test_handing_over_what_the_letter_says_is_needless() -> None:
    assert is_needless(COST, Became("handed_over", ("ask/cost",), True))
    assert not is_needless(VAT, Became("handed_over", ("open/vat",), True))
    assert not is_needless(COMPLAINT, Became("handed_over", (), True))
