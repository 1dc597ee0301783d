"""The whole service with Slack: a registration is posted, two confirm it at once, and strangers read nothing of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select

from bot.channels.keys import DATABASE, NOTICES
from bot.registrations import registering
from bot.staff.finding import member_by_email
from bot.staff.officers import add_officer
from bot.store.database import Database
from bot.store.tables import AuditRow, ChatAccountRow, CohortRow, RegistrationRow
from tests import slack_requests as requests
from tests.conftest import Client, StartService
from tests.registering import application, new_hub
from tests.slack_server import TEAM, TOKEN, SlackServer, slack_server
from tests.unit.slack.published import buttons, check_everything_sent
from tests.waiting import until

ROSA, OFFICER, STRANGER = "U0ROSA", "U0OFFICE", "U0STRANGER"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        yield server
        check_everything_sent(server)


@pytest.fixture
async def client(start_service: StartService, database_url: str, slack: SlackServer) -> Client:
    client = await start_service(
        database_url,
        slack_bot_token=TOKEN,
        slack_signing_secret=requests.SECRET,
        slack_api_url=slack.api_url,
        address_rate_limit=1,
    )
    async with _database(client).writing() as session:
        await new_hub(session)
        await add_officer(session, "Olu Office", "olu@tqm.example")
        for user, email in ((ROSA, "rosa@hubs.example"), (OFFICER, "olu@tqm.example")):
            member = await member_by_email(session, email)
            assert member
            await session.execute(insert(ChatAccountRow).values(_account(user, member.ref)))
        await session.commit()
    return client


async def test_a_registration_is_posted_and_two_who_confirm_it_at_once_confirm_it_once(
    client: Client, slack: SlackServer
) -> None:
    registration_id = await _register(client, "<!channel> *Fairview* & <https://evil.example|Co>")
    await until(lambda: slack.messages)
    [post] = slack.messages
    assert post["channel"] == "D0ROSA"
    assert "<!channel>" not in post["text"]
    confirm = next(button for button in buttons(post["blocks"]) if button["action_id"].startswith("confirm:"))
    assert confirm["value"] == registration_id

    presses = [
        requests.pressed(confirm["action_id"], registration_id, user=user, ts=post["ts"]) for user in (ROSA, OFFICER)
    ]
    assert await asyncio.gather(*(_send(client, press) for press in [*presses, presses[0]])) == [200, 200, 200]
    await until(lambda: len(slack.of("chat.update")) >= 2)
    async with _database(client).reading() as session:
        assert await session.scalar(select(RegistrationRow.state)) == "confirmed"
        confirmed = select(func.count()).select_from(AuditRow).where(AuditRow.action == "confirmed")
        assert await session.scalar(confirmed) == 1
    await until(
        lambda: any(_names_somebody(each["text"]) for each in slack.messages[1:])
    )  # the second reads who was first
    assert all("Confirm" not in json.dumps(buttons(shown["blocks"])) for shown in slack.of("chat.update"))


async def test_a_stranger_reads_only_how_to_link(client: Client, slack: SlackServer) -> None:
    registration_id = await _register(client, "Fairview Primary")
    await until(lambda: slack.messages)
    await _send(client, requests.pressed("confirm:0", registration_id, user=STRANGER))
    await _send(client, requests.message("who has registered?", user=STRANGER), as_event=True)
    await until(lambda: len([each for each in slack.messages if each["channel"] == "D0STRANGER"]) == 2)
    said = [each for each in slack.messages if each["channel"] == "D0STRANGER"]
    assert all("link" in each["text"] and "Fairview" not in json.dumps(each) for each in said)
    async with _database(client).reading() as session:
        assert await session.scalar(select(RegistrationRow.state)) == "interested"


async def _register(client: Client, school: str) -> str:
    now = datetime.now(UTC)
    async with _database(client).writing() as session:
        cohort = await session.scalar(select(CohortRow.id))
        registered = await registering.register(session, application(school, cohort), now, client.app[NOTICES])
        await session.commit()
    return registered.registration.id


async def _send(client: Client, content: dict[str, Any], *, as_event: bool = False) -> int:
    body, kind = requests.as_json(content) if as_event else requests.as_payload(content)
    headers = requests.headers(body) | {"Content-Type": kind}
    return (await client.post("/slack/events", data=body, headers=headers)).status


def _names_somebody(text: str) -> bool:
    return "Rosa Lind" in text or "Olu Office" in text


def _database(client: Client) -> Database:
    return client.app[DATABASE]


def _account(user: str, member: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": str(uuid4()),
        "platform": "slack",
        "workspace": TEAM,
        "user_id": user,
        "member": member,
        "reference": {"user": user},
        "also_mail": False,
        "created_at": now,
        "linked_at": now,
    }
