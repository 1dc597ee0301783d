"""Posts leave for Slack, once, in one thread; and what goes wrong is said in the outbox's terms."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

from bot.channels.slack.calls import open_client
from bot.channels.slack.poster import SlackPoster
from bot.posts.card import Action, Card
from bot.posts.poster import NotPosted, Outgoing
from tests.slack_server import TOKEN, SlackServer, slack_server
from tests.unit.slack.published import check_everything_sent

TO = {"user": "U0ANN"}
CARD = Card("New registration", ("Fairview Primary, Leeds.",), actions=(Action("confirm", "Confirm", "r-1"),))
POST = Outgoing("post-1", TO, "A new registration: <!here> Fairview & Co", CARD)


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        yield server
        check_everything_sent(server)


@pytest.fixture
def poster(slack: SlackServer) -> SlackPoster:
    return SlackPoster(open_client(TOKEN, slack.api_url))


async def test_a_post_goes_to_the_direct_message_and_no_link_unfolds(poster: SlackPoster, slack: SlackServer) -> None:
    assert await poster.post(POST) == {"channel": "D0ANN", "ts": "1700000000.000000"}
    [sent] = slack.of("chat.postMessage")
    assert (sent["unfurl_links"], sent["unfurl_media"], sent["link_names"]) == (False, False, False)
    assert sent["text"] == "A new registration: &lt;!here&gt; Fairview &amp; Co"
    assert {call.token for call in slack.calls} == {TOKEN}
    await poster.post(Outgoing("post-2", TO, "Words alone"))
    assert len(slack.of("conversations.open")) == 1


async def test_posts_about_one_thing_keep_to_one_thread(poster: SlackPoster, slack: SlackServer) -> None:
    first = await poster.post(POST)
    second = await poster.post(Outgoing("post-2", TO, "A reminder", thread=first))
    assert second == {"channel": "D0ANN", "ts": "1700000000.000001", "thread": first["ts"]}
    third = await poster.post(Outgoing("post-3", TO, "Another", thread=second))
    assert third["thread"] == first["ts"]


async def test_a_post_is_shown_anew_in_its_place(poster: SlackPoster, slack: SlackServer) -> None:
    first = await poster.post(POST)
    again = Outgoing(
        "post-1:changed", TO, "Confirmed", Card("New registration", note="Confirmed by Ann"), replaces=first
    )
    assert await poster.post(again) == first
    assert slack.of("chat.update")[0]["ts"] == first["ts"]
    assert len(slack.messages) == 1


@pytest.mark.parametrize("gone", ["message_not_found", "cant_update_message"])
async def test_a_post_that_is_gone_is_posted_anew(poster: SlackPoster, slack: SlackServer, gone: str) -> None:
    first = await poster.post(POST)
    slack.refuses(gone, "chat.update")
    assert (await poster.post(Outgoing("post-1:changed", TO, "Confirmed", CARD, replaces=first)))["ts"] != first["ts"]


@pytest.mark.parametrize(
    ("answer", "fault", "retry_after"),
    [
        ((429, {"Retry-After": "17"}, {"ok": False, "error": "ratelimited"}), "server", 17.0),
        ((503, {}, {}), "server", None),
        ((200, {}, {"ok": False, "error": "token_revoked"}), "server", None),
        ((200, {}, {"ok": False, "error": "invalid_auth"}), "server", None),
        ((200, {}, {"ok": False, "error": "internal_error"}), "server", None),
        ((200, {}, {"ok": False, "error": "channel_not_found"}), "never", None),
        ((200, {}, {"ok": False, "error": "user_disabled"}), "never", None),
        ((200, {}, {"ok": False, "error": "invalid_blocks"}), "never", None),
        ((200, {}, {"ok": False, "error": "something_new"}), "later", None),
        ((200, {}, []), "later", None),
    ],
)
async def test_what_goes_wrong_is_said_in_the_outboxs_terms(
    poster: SlackPoster, slack: SlackServer, answer: Any, fault: str, retry_after: float | None
) -> None:
    slack.answer = lambda _call: answer
    with pytest.raises(NotPosted) as refused:
        await poster.post(POST)
    assert (refused.value.fault, refused.value.retry_after) == (fault, retry_after)
    assert "Fairview" not in refused.value.summary
    assert len(slack.calls) == 1, "who tries again is the outbox's to say"


async def test_slack_that_cannot_be_reached_or_talks_nonsense_is_trouble_of_slack() -> None:
    with pytest.raises(NotPosted) as refused:
        await SlackPoster(open_client(TOKEN, "http://127.0.0.1:9/api/")).post(POST)
    assert refused.value.fault == "server"


async def test_a_revoked_token_is_told_once(poster: SlackPoster, slack: SlackServer) -> None:
    slack.refuses("token_revoked")
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            with pytest.raises(NotPosted):
                await poster.post(POST)
    assert len(lines) == 1
    assert "PSQM_SLACK_BOT_TOKEN" in lines[0]["event"]


@pytest.mark.parametrize("below", [False, True])
async def test_a_post_of_which_slack_did_not_say_that_it_arrived_is_found_again(
    poster: SlackPoster, slack: SlackServer, below: bool
) -> None:
    thread = await poster.post(Outgoing("first", TO, "A question")) if below else None
    post = Outgoing("post-2", TO, "A reminder", CARD, thread=thread)
    slack.lose.add("chat.postMessage")
    with pytest.raises(NotPosted):
        await poster.post(post)
    slack.lose.clear()
    reference = await poster.post(post)
    assert len([each for each in slack.messages if each["text"] == "A reminder"]) == 1
    assert reference["ts"] == slack.messages[-1]["ts"]


async def test_a_post_that_did_not_arrive_is_posted(poster: SlackPoster, slack: SlackServer) -> None:
    slack.answer = lambda _call: (502, {}, {})
    with pytest.raises(NotPosted):
        await poster.post(POST)
    slack.answer = lambda _call: None
    await poster.post(POST)
    assert len(slack.messages) == 1
