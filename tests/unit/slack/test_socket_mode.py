"""Without a public address: the service keeps a line to Slack open, and what comes by it is kept, acknowledged and done once."""

from typing import Any

from tests import slack_requests as requests
from tests.slack_server import APP_TOKEN
from tests.unit.slack.conftest import Door, OpenDoor
from tests.waiting import until

SOCKET: dict[str, Any] = {"slack_app_token": APP_TOKEN, "slack_signing_secret": ""}


async def test_an_event_is_kept_and_acknowledged_before_it_is_worked_on(open_door: OpenDoor) -> None:
    door = await open_door(**SOCKET)
    door.desk.may_go_on.clear()
    await _send(door, "e-1", requests.message("places", event_id="Ev1"))
    await _send(door, "e-2", requests.message("places", event_id="Ev1"))
    await until(lambda: len(door.slack.acknowledged) == 2)
    assert {acknowledged["envelope_id"] for acknowledged in door.slack.acknowledged} == {"e-1", "e-2"}
    assert door.desk.asked == []
    door.desk.may_go_on.set()
    await until(lambda: door.slack.messages)
    assert len(door.desk.asked) == 1


async def test_a_window_says_by_the_line_what_is_wrong(open_door: OpenDoor) -> None:
    door = await open_door(**SOCKET)
    await _send(door, "e-1", requests.pressed("answer:0", "q-1"), "interactive")
    await until(lambda: door.slack.of("views.open"))
    view = door.slack.of("views.open")[0]["view"]
    await _send(door, "e-2", requests.submitted(view, ""), "interactive")
    await until(lambda: len(door.slack.acknowledged) == 2)
    assert door.slack.acknowledged[1]["payload"]["response_action"] == "errors"
    await _send(door, "e-3", dict(requests.command("help", url=door.slack.response_url)), "slash_commands")
    await until(lambda: door.slack.of("respond"))


async def test_a_line_that_slack_ends_is_opened_again(open_door: OpenDoor) -> None:
    door = await open_door(**SOCKET)
    await until(lambda: door.slack.sockets)
    await door.slack.envelopes.put({"type": "disconnect", "reason": "refresh_requested"})
    await until(lambda: len(door.slack.sockets) == 2)
    await until(lambda: door.slack.sockets[0].closed)
    await _send(door, "e-1", requests.message("places"))
    await until(lambda: door.slack.messages)


async def test_no_request_is_taken_by_http(open_door: OpenDoor) -> None:
    door = await open_door(**SOCKET)
    assert (await door.event(requests.message("places")))[0] == 404


async def _send(door: Door, envelope: str, payload: dict[str, Any], kind: str = "events_api") -> None:
    sent = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
    await door.slack.envelopes.put(sent)
