"""What was kept is worked on: who asked what reaches the desk, and its reply the place where it was asked."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from bot.channels.teams.answering import IN_PRIVATE, NO_CHAT
from bot.chat.accounts import account_of
from bot.chat.incoming import Answered, Pressed, Reply, Sender, Wrote
from bot.posts.card import Action, Card
from bot.posts.queue import Subject, enqueue
from bot.store.tables import ChatPostRow
from tests.unit.teams.conftest import Running
from tests.unit.teams.microsoft import ANN, ANN_AAD, BOT, CHAT, TENANT
from tests.unit.teams.schemas import check_card

_CHANNEL = {"id": "19:room@thread.tacv2;messageid=1", "tenantId": TENANT, "conversationType": "channel"}


def _mention(of: str, text: str) -> dict[str, Any]:
    return {"type": "mention", "text": text, "mentioned": {"id": of, "name": text}}


async def _did(running: Running, activity: dict[str, Any]) -> None:
    await running.send(activity)
    await running.work()


async def test_words_in_private_reach_the_desk_with_the_ids_that_teams_vouches_for(running_on: Running) -> None:
    await _did(running_on, running_on.microsoft.activity())
    [wrote] = running_on.desk.asked
    reference = {
        "service_url": running_on.microsoft.service_url,
        "conversation_id": CHAT,
        "bot_id": BOT,
        "user_id": ANN,
    }
    assert wrote.sender == Sender("teams", TENANT, ANN_AAD, reference)
    assert (wrote.text, wrote.is_private) == ("who has registered this week?", True)


async def test_the_answer_goes_where_it_was_asked_as_plain_text_with_a_token(running_on: Running) -> None:
    running_on.desk.reply = Reply("**St Mary's** & <at>all</at>")
    await _did(running_on, running_on.microsoft.activity())
    [call] = running_on.microsoft.calls
    assert call.path.startswith(f"/v3/conversations/{CHAT}/activities")
    assert (call.body["text"], call.body["textFormat"]) == ("**St Mary's** & <at>all</at>", "plain")
    assert call.authorization == "Bearer entra-token"


async def test_an_account_without_an_id_of_the_directory_is_known_by_its_id_in_teams(running: Running) -> None:
    await _did(running, running.microsoft.activity(**{"from": {"id": ANN, "name": "Office"}}))
    assert running.desk.asked[0].sender.user_id == ANN


async def test_a_mention_is_taken_off_by_what_it_names_and_not_by_how_it_looks(running: Running) -> None:
    text = "<at>PSQM</at>&nbsp;has <at>Bob</at> asked about <at>PSQM</at> or <at>fake</at>?"
    entities = [_mention(BOT, "<at>PSQM</at>"), _mention("29:bob", "<at>Bob</at>"), "nonsense", {"type": "clientInfo"}]
    await _did(running, running.microsoft.activity(text=text, entities=entities, conversation=_CHANNEL))
    assert running.desk.asked[0].text == "has Bob asked about  or <at>fake</at>?"


async def test_what_is_for_one_alone_goes_from_a_channel_to_their_chat(running: Running) -> None:
    running.desk.reply = Reply("Ann Lee of Fairview Primary", only_for_sender=True)
    await _did(running, running.microsoft.activity(conversation=_CHANNEL))
    created, private, public = running.microsoft.calls
    assert [member["id"] for member in created.body["members"]] == [ANN]
    assert (private.path, private.body["text"]) == (
        "/v3/conversations/a:private/activities",
        "Ann Lee of Fairview Primary",
    )
    assert public.body["text"] == IN_PRIVATE
    assert running.desk.asked[0].sender.reference == {}


async def test_without_a_chat_of_their_own_nothing_private_is_said_in_the_channel(running: Running) -> None:
    running.desk.reply = Reply("Ann Lee of Fairview Primary")
    running.microsoft.trouble = [(403, {})]
    await _did(running, running.microsoft.activity(conversation=_CHANNEL))
    assert [call.body.get("text") for call in running.microsoft.calls] == [None, NO_CHAT]


async def test_what_all_may_read_is_said_in_the_channel(running: Running) -> None:
    running.desk.reply = Reply("It costs this much.", only_for_sender=False)
    await _did(running, running.microsoft.activity(conversation=_CHANNEL))
    assert [call.body["text"] for call in running.microsoft.calls] == ["It costs this much."]


async def test_choices_come_as_buttons_and_back_as_what_was_chosen(running: Running) -> None:
    running.desk.reply = Reply(
        "Which one?", choices=(("c-1", "Fairview"), ("c-2", "Hilltop")), links=(("All", "https://a.example/"),)
    )
    await _did(running, running.microsoft.activity())
    card = running.microsoft.calls[0].card
    check_card(card)
    chosen = card["actions"][1]
    await _did(running, running.microsoft.press(chosen["verb"], data=chosen["data"]))
    wrote = running.desk.asked[1]
    assert isinstance(wrote, Wrote)
    assert (wrote.choice, wrote.text) == ("c-2", "")


async def test_a_button_reaches_the_desk_and_its_card_is_shown_as_it_is_now(running_on: Running) -> None:
    done = Card("Fairview Primary", note="Confirmed by Ann, 10:02.")
    running_on.desk.reply = Reply("Confirmed.", replaces_card=done)
    await _did(running_on, running_on.microsoft.press("confirm"))
    [press] = running_on.desk.asked
    assert isinstance(press, Pressed)
    assert (press.action, press.subject_id) == ("confirm", "r-1")
    update, said = running_on.microsoft.calls
    assert (update.method, update.path) == ("PUT", f"/v3/conversations/{CHAT}/activities/posted-1")
    check_card(update.card)
    assert said.body["text"] == "Confirmed."


async def test_two_clicks_are_two_presses_that_differ_and_one_delivered_twice_is_one(running: Running) -> None:
    first, second = running.microsoft.press("confirm"), running.microsoft.press("confirm")
    for activity in (first, first, second):
        await running.send(activity)
    await running.work()
    assert len({press.key for press in running.desk.asked}) == 2
    assert len(running.desk.asked) == 2


async def test_an_answer_reaches_the_desk_with_its_question(running: Running) -> None:
    await _did(running, running.microsoft.press("answer", data={"subject": "q-1", "answer": "Yes, on Friday."}))
    [answered] = running.desk.asked
    assert isinstance(answered, Answered)
    assert (answered.question_id, answered.text) == ("q-1", "Yes, on Friday.")


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("open", {"subject": "r-1"}),
        ("destroy", {"subject": "r-1"}),
        ("confirm", {}),
        ("confirm", {"subject": "x" * 101}),
        ("confirm", {"subject": ["r-1"]}),
        ("choose", {}),
        ("confirm", "r-1"),
    ],
)
async def test_a_button_that_we_never_made_does_nothing(running: Running, verb: str, data: Any) -> None:
    await _did(running, running.microsoft.press(verb, data=data))
    assert running.desk.asked == []
    assert await running.states() == ["done"]


async def test_whoever_adds_the_bot_hears_what_it_is_for(running: Running) -> None:
    running.desk.reply = Reply("I am the assistant. Write link and your address.")
    await _did(running, running.microsoft.activity(type="installationUpdate", action="add", text=None))
    sender, text, _key = running.desk.asked[0]
    assert (sender.user_id, text) == (ANN_AAD, "help")
    assert running.microsoft.calls[0].body["text"].startswith("I am the assistant.")


async def test_a_team_that_adds_the_bot_is_told_nothing(running: Running) -> None:
    added = {"type": "installationUpdate", "action": "add", "text": None, "conversation": _CHANNEL}
    await _did(running, running.microsoft.activity(**added))
    assert running.desk.asked == []


@pytest.mark.parametrize("status", [429, 500, 503, 401])
async def test_while_teams_does_not_take_an_answer_it_is_kept_for_later(running_on: Running, status: int) -> None:
    running_on.microsoft.trouble = [(status, {"Retry-After": "7"})]
    await _did(running_on, running_on.microsoft.activity())
    assert await running_on.states() == ["new"]


async def test_with_an_expired_secret_a_button_has_its_effect_and_its_answer_waits(running_on: Running) -> None:
    running_on.microsoft.has_token = False
    await _did(running_on, running_on.microsoft.press("confirm"))
    assert len(running_on.desk.asked) == 1
    assert await running_on.states() == ["new"]


async def test_an_answer_that_teams_never_takes_is_not_tried_again(running: Running) -> None:
    running.microsoft.trouble = [(403, {})]
    await _did(running, running.microsoft.activity())
    assert await running.states() == ["done"]


async def test_a_card_that_was_deleted_meanwhile_does_not_hinder_the_answer(running: Running) -> None:
    running.desk.reply = Reply(
        "Confirmed.",
        replaces_card=Card("Fairview Primary", actions=(Action("open", "Open", href="https://a.example/"),)),
    )
    running.microsoft.trouble = [(404, {})]
    await _did(running, running.microsoft.press("confirm"))
    assert running.microsoft.calls[-1].body["text"] == "Confirmed."


async def test_nothing_that_was_written_is_logged(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    running.microsoft.trouble = [(500, {})]
    await _did(running, running.microsoft.activity(text="a secret of Fairview"))
    await _did(running, running.microsoft.press("confirm"))
    assert "secret of Fairview" not in caplog.text
    assert "Ann" not in caplog.text


async def test_words_that_reply_to_a_post_of_a_question_are_about_it_for_whoever_got_the_post(
    running_on: Running,
) -> None:
    now = datetime.now(UTC)
    async with running_on.database.writing() as session:
        account = await account_of(session, Sender("teams", TENANT, ANN_AAD, {"conversation_id": CHAT}), now)
        await enqueue(session, account, "k", "asked", Subject("question", "q-1"), {}, now)
        place = {"service_url": "x", "conversation_id": CHAT, "post_id": "posted-7"}
        await session.execute(update(ChatPostRow).values(state="sent", sent_ref=place))
        await session.commit()
    await _did(running_on, running_on.microsoft.activity(replyToId="posted-7"))
    await _did(running_on, running_on.microsoft.activity(replyToId="posted-8"))
    await _did(running_on, running_on.microsoft.activity())
    other = {"id": "29:other", "name": "Other"}
    await _did(running_on, running_on.microsoft.activity(replyToId="posted-7", **{"from": other}))
    assert [wrote.about for wrote in running_on.desk.asked] == ["q-1", None, None, None]
