"""What Slack sends: let in when it is Slack's, kept, acknowledged, and worked on once."""

import asyncio
import json
import time
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from bot.chat.incoming import Answered, Pressed, Reply, Wrote
from bot.posts.card import Card
from bot.staff.member import NotAllowed
from bot.store.database import Database, StoreUnavailable
from bot.store.tables import ChatEventRow
from tests import slack_requests as requests
from tests.slack_server import TEAM
from tests.unit.slack.conftest import Door
from tests.waiting import until


async def test_words_in_a_direct_message_are_heard_and_answered_there(door: Door) -> None:
    door.desk.reply = lambda _asked: Reply("Three places are left.", choices=(("c1", "Which hub?"),))
    assert (await door.event(requests.message("how many places are left?")))[0] == 200
    await until(lambda: door.slack.messages)
    [wrote] = door.desk.asked
    assert isinstance(wrote, Wrote)
    assert (wrote.text, wrote.is_private, wrote.about) == ("how many places are left?", True, None)
    assert (wrote.sender.workspace, wrote.sender.user_id) == (TEAM, requests.ANN)
    [said] = door.slack.messages
    assert (said["channel"], said.get("thread_ts")) == ("D0ANN", None)
    assert said["blocks"][0]["text"]["text"] == "Three places are left."


async def test_a_mention_is_answered_in_its_thread_or_to_the_sender_alone(door: Door) -> None:
    door.desk.reply = lambda asked: Reply("An answer.", only_for_sender="registered" in asked.text)
    sent = requests.mention("what does it cost?")
    await door.event(sent)
    await until(lambda: door.slack.messages)
    [said] = door.slack.messages
    assert (said["channel"], said["thread_ts"]) == ("C0ROOM", sent["event"]["ts"])
    assert (door.desk.asked[0].text, door.desk.asked[0].is_private) == ("what does it cost?", False)
    await door.event(requests.mention("who has registered?"))
    await until(lambda: door.slack.of("chat.postEphemeral"))
    [whispered] = door.slack.of("chat.postEphemeral")
    assert (whispered["channel"], whispered["user"]) == ("C0ROOM", requests.ANN)
    assert len(door.slack.messages) == 1


@pytest.mark.parametrize("wrong", ["secret", "stale", "early", "none", "body", "letters", "not ascii", "no time"])
async def test_what_is_not_slacks_is_refused_and_never_logged(door: Door, wrong: str) -> None:
    body, kind = requests.as_json(requests.message("a secret of Ann's"))
    headers = requests.headers(body)
    match wrong:
        case "secret":
            headers = requests.headers(body, secret="another")
        case "stale":
            headers = requests.headers(body, at=time.time() - 301)
        case "early":
            headers = requests.headers(body, at=time.time() + 310)
        case "none":
            headers = {}
        case "body":
            body += b" "
        case "letters":
            headers["X-Slack-Request-Timestamp"] = "yesterday"
        case "not ascii":
            headers["X-Slack-Signature"] = "v0=é"
        case "no time":
            del headers["X-Slack-Request-Timestamp"]
    with structlog.testing.capture_logs() as lines:
        response = await door.client.post("/slack/events", data=body, headers=headers | {"Content-Type": kind})
    assert response.status == 401
    assert (await response.json())["detail"]
    assert "Ann" not in str(lines)
    assert await _kept(door.database) == []


async def test_a_request_of_five_minutes_ago_is_still_taken(door: Door) -> None:
    assert (await door.send(requests.as_json(requests.message("hello")), at=time.time() - 290))[0] == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"null", b"[" * 50_000])
async def test_a_signed_body_that_is_none_of_slacks_forms_gets_a_line(door: Door, body: bytes) -> None:
    status, said = await door.send((body, "application/json"))
    assert status == 400
    assert "Slack" in json.loads(said)["detail"]
    assert (await door.send((b"payload=" + body.replace(b"&", b""), "application/x-www-form-urlencoded")))[0] in (
        400,
        404,
    )


async def test_a_message_of_40_000_characters_is_taken_and_a_megabyte_is_not(door: Door) -> None:
    assert (await door.event(requests.message("\U0001f52c" * 40_000)))[0] == 200
    await until(lambda: door.desk.asked)
    assert len(door.desk.asked[0].text) == 40_000
    assert (await door.send((b"x" * 1_100_000, "application/json")))[0] == 413


async def test_slack_is_shown_that_the_address_is_ours(door: Door) -> None:
    status, said = await door.send(requests.as_json({"type": "url_verification", "challenge": "c-123", "token": "x"}))
    assert (status, json.loads(said)) == (200, {"challenge": "c-123"})


async def test_an_event_that_comes_again_has_one_effect(door: Door) -> None:
    sent = requests.message("places", event_id="Ev0SAME")
    body, kind = requests.as_json(sent)
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout", "Content-Type": kind}
    for _ in range(3):
        response = await door.client.post("/slack/events", data=body, headers=requests.headers(body) | retry)
        assert response.status == 200
    await door.event(requests.message("hello"))
    await until(lambda: len(door.desk.asked) >= 2)
    assert sorted(asked.text for asked in door.desk.asked) == ["hello", "places"]


async def test_a_retry_is_worked_on_when_the_first_request_never_arrived(door: Door) -> None:
    body, kind = requests.as_json(requests.message("places"))
    about = requests.headers(body) | {"X-Slack-Retry-Num": "2", "Content-Type": kind}
    await door.client.post("/slack/events", data=body, headers=about)
    await until(lambda: door.desk.asked)


async def test_the_acknowledgement_comes_before_the_work(door: Door) -> None:
    door.desk.may_go_on.clear()
    assert (await door.event(requests.message("places")))[0] == 200
    assert (await door.interaction(requests.pressed("confirm:0", "r-1")))[0] == 200
    assert (await door.command(requests.command("help")))[0] == 200
    assert door.desk.asked == []
    assert len(await _kept(door.database)) == 3
    door.desk.may_go_on.set()
    await until(lambda: len(door.desk.asked) == 3)


async def test_what_cannot_be_kept_is_not_acknowledged(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_what: Any) -> bool:
        raise StoreUnavailable("down")

    monkeypatch.setattr("bot.chat.keeping.keep", fail)
    assert (await door.event(requests.message("places")))[0] == 503
    assert (await door.interaction(requests.pressed("confirm:0", "r-1")))[0] == 503


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B0OTHER"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"channel_type": "channel"},
        {"user": ""},
    ],
)
async def test_bots_edits_and_what_others_say_to_each_other_are_left_aside(door: Door, more: dict[str, Any]) -> None:
    assert (await door.event(requests.message("hello", **more)))[0] == 200
    assert await _kept(door.database) == []


@pytest.mark.parametrize("of_user", ["T0OTHER"])
async def test_people_of_another_workspace_are_told_no_more_than_that(door: Door, of_user: str) -> None:
    await door.event(requests.mention("who has registered?", user_team=of_user))
    foreign = requests.pressed("confirm:0", "r-1")
    foreign["user"]["team_id"] = of_user
    await door.interaction(foreign)
    sent = requests.message("places")
    await door.event(sent | {"team_id": of_user})
    await until(lambda: len(door.slack.of("chat.postEphemeral", "chat.postMessage")) == 3)
    assert door.desk.asked == []
    assert {said["text"] for said in door.slack.of("chat.postEphemeral", "chat.postMessage")} == {
        "I can only talk with members of the workspace that I was added to."
    }


async def test_a_button_does_what_it_says_and_its_post_is_shown_anew(door: Door) -> None:
    door.desk.reply = lambda _asked: Reply("Confirmed.", replaces_card=Card("Fairview", note="Confirmed by Ann."))
    await door.interaction(requests.pressed("confirm:0", "r-1", ts="1700000000.000001"))
    await until(lambda: door.slack.messages)
    [pressed] = door.desk.asked
    assert isinstance(pressed, Pressed)
    assert (pressed.action, pressed.subject_id, pressed.sender.user_id) == ("confirm", "r-1", requests.ANN)
    [shown] = door.slack.of("chat.update")
    assert (shown["channel"], shown["ts"]) == ("D0ANN", "1700000000.000001")
    assert shown["blocks"][-1]["elements"][0]["text"] == "Confirmed by Ann."
    assert door.slack.messages[0]["thread_ts"] == "1700000000.000001"


async def test_a_double_click_is_two_presses_and_the_same_press_is_one(door: Door) -> None:
    first, second = requests.pressed("confirm:0", "r-1"), requests.pressed("confirm:0", "r-1")
    for press in (first, first, second):
        await door.interaction(press)
    await until(lambda: len(door.slack.messages) == 2)
    assert len({asked.key for asked in door.desk.asked}) == 2


async def test_a_choice_and_a_link_button(door: Door) -> None:
    assert (await door.interaction(requests.pressed("open:2", "", ts="1.2")))[0] == 200
    await door.interaction(requests.pressed("choose:abc:1", "abc:1"))
    await until(lambda: door.desk.asked)
    [wrote] = door.desk.asked
    assert (wrote.choice, wrote.is_private) == ("abc:1", True)


async def test_a_button_of_a_message_that_only_one_reads_is_shown_anew_by_its_own_address(door: Door) -> None:
    door.desk.reply = lambda _asked: Reply("Confirmed.", replaces_card=Card("Fairview"))
    press = requests.pressed("confirm:0", "r-1", channel="C0ROOM", url=door.slack.response_url)
    press["container"]["is_ephemeral"] = True
    await door.interaction(press)
    await until(lambda: door.slack.of("chat.postEphemeral"))
    assert [said["replace_original"] for said in door.slack.of("respond")] == [True]


async def test_the_command_is_answered_to_whoever_typed_it(door: Door) -> None:
    await door.command(requests.command("link <mailto:ann@hub.example|ann@hub.example>", url=door.slack.response_url))
    await until(lambda: door.slack.of("respond"))
    [(sender, text, _)] = door.desk.asked
    assert (sender.user_id, text) == (requests.ANN, "link ann@hub.example")
    assert door.slack.of("respond")[0]["response_type"] == "ephemeral"
    await door.command(requests.command("help", url="http://127.0.0.1:9/gone"))
    await until(lambda: door.slack.of("chat.postEphemeral"))


async def test_answer_opens_a_window_and_what_is_sent_from_it_arrives(door: Door) -> None:
    press = requests.pressed("answer:0", "q-1", ts="1700000000.000007")
    assert (await door.interaction(press))[0] == 200
    await until(lambda: door.slack.of("views.open"))
    [opened] = door.slack.of("views.open")
    assert opened["trigger_id"] == press["trigger_id"]
    assert door.desk.question in json.dumps(opened["view"]["blocks"])
    for wrong in ("", None, "  ", "x" * 4_001):
        _, said = await door.interaction(requests.submitted(opened["view"], wrong))
        assert json.loads(said)["response_action"] == "errors"
    assert await _kept(door.database) == []
    assert await door.interaction(requests.submitted(opened["view"], "Yes, she can.")) == (200, "")
    await door.interaction(requests.submitted(opened["view"], "Yes, she can."))
    await until(lambda: door.slack.messages)
    [answered] = door.desk.asked
    assert isinstance(answered, Answered)
    assert (answered.question_id, answered.text) == ("q-1", "Yes, she can.")
    assert door.slack.messages[0]["thread_ts"] == "1700000000.000007"


async def test_a_question_of_another_hub_is_not_shown(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_who: object) -> str:
        raise NotAllowed

    monkeypatch.setattr(door.desk, "question_text", refuse)
    await door.interaction(requests.pressed("answer:0", "q-2"))
    await until(lambda: door.slack.messages)
    assert door.slack.of("views.open") == []
    assert "nothing of yours" in door.slack.messages[0]["text"]


async def test_a_window_that_did_not_open_is_asked_for_again(door: Door) -> None:
    door.slack.refuses("expired_trigger_id", "views.open")
    await door.interaction(requests.pressed("answer:0", "q-1"))
    await until(lambda: door.slack.messages)
    assert "press Answer again" in door.slack.messages[0]["text"]


async def test_the_home_tab_shows_what_waits(door: Door) -> None:
    door.desk.reply = lambda asked: Reply(f"These are your {asked[1]}.")
    await door.event(requests.home_opened())
    await until(lambda: door.slack.of("views.publish"))
    [shown] = door.slack.of("views.publish")
    assert shown["user_id"] == requests.ANN
    assert "These are your questions." in json.dumps(shown["view"])


async def test_work_waits_while_slack_is_down_and_nothing_is_lost(door: Door) -> None:
    door.slack.answer = lambda _call: (503, {}, {})
    await door.event(requests.message("places"))
    await until(lambda: door.slack.calls)
    await asyncio.wait_for(_has_attempts(door.database), 5)
    [kept] = await _kept(door.database)
    assert (kept.state, bool(kept.payload)) == ("new", True)


async def test_another_kind_of_request_is_not_found(door: Door) -> None:
    assert (await door.interaction({"type": "shortcut", "team": {"id": TEAM}, "user": {"id": "U"}}))[0] == 404


async def _kept(database: Database) -> list[ChatEventRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(ChatEventRow)))


async def _has_attempts(database: Database) -> None:
    while not any(row.error for row in await _kept(database)):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
