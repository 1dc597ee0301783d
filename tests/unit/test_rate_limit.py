"""Limits hold in memory and in Redis, are shared through Redis, and survive its absence."""

import asyncio
import os
from collections.abc import Iterator
from uuid import uuid4

import coredis
import pytest

from bot.channels.rate_limit import RateLimits

REDIS = os.environ.get("PSQM_TEST_REDIS_URL", "redis://127.0.0.1:6379")


@pytest.fixture(params=["memory", "redis"])
def redis_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """No address, and that of a real Redis."""
    if request.param == "redis":
        asyncio.run(_reach_redis())
    yield REDIS if request.param == "redis" else ""


async def _reach_redis() -> None:
    try:
        client = coredis.Redis.from_url(REDIS, connect_timeout=2)
        await client.ping()
    except (OSError, coredis.exceptions.RedisError) as error:
        pytest.fail(f"Redis is needed at {REDIS} (set PSQM_TEST_REDIS_URL): {error}", pytrace=False)


async def test_the_limit_is_told_and_held(redis_url: str) -> None:
    limits, session = RateLimits(3, 100, redis_url), uuid4().hex
    told = [await limits.count_session(session) for _ in range(4)]
    assert [(a.limit, a.remaining, a.allowed) for a in told if a] == [
        (3, 2, True),
        (3, 1, True),
        (3, 0, True),
        (3, 0, False),
    ]
    assert all(1 <= a.reset <= 60 for a in told if a)


async def test_each_session_and_each_address_has_its_own(redis_url: str) -> None:
    limits = RateLimits(1, 1, redis_url)
    name = uuid4().hex
    for count in (limits.count_session(name), limits.count_session(name + "2"), limits.count_address(name)):
        allowance = await count
        assert allowance
        assert allowance.allowed


async def test_an_ipv6_network_counts_as_one() -> None:
    limits = RateLimits(1, 1)
    first, second = await limits.count_address("2001:db8::1"), await limits.count_address("2001:db8::2")
    assert first and first.allowed
    assert second and not second.allowed


async def test_services_share_a_limit_through_redis() -> None:
    await _reach_redis()
    one, other, session = RateLimits(1, 1, REDIS), RateLimits(1, 1, REDIS), uuid4().hex
    first, second = await one.count_session(session), await other.count_session(session)
    assert first and first.allowed
    assert second and not second.allowed


async def test_without_redis_each_service_counts_in_memory(caplog: pytest.LogCaptureFixture) -> None:
    limits = RateLimits(1, 1, "redis://127.0.0.1:1")
    first, second = await limits.count_session("a"), await limits.count_session("a")
    assert first and first.allowed
    assert second and not second.allowed


async def test_off_is_off() -> None:
    limits = RateLimits(None, 1)
    assert [await limits.count_session("a"), await limits.count_address("1.2.3.4")] == [None, None]
