"""Forty clients after one place, fifty times over, on both databases: never two."""

from collections import Counter

import pytest

from tests.crowd import crowd
from tests.registering import held, new_hub, opened, taken

CLIENTS = 40
ROUNDS = 50


@pytest.mark.timeout(400)  # two thousand registrations, on a machine that may do other things
async def test_one_place_goes_to_one_of_forty_clients_every_time(database_url: str) -> None:
    async with opened(database_url) as database:
        async with database.writing() as session:
            cohorts = [await new_hub(session, f"Hub {n}", capacity=1) for n in range(ROUNDS)]
            await session.commit()
        rounds = await crowd(database_url, 0, CLIENTS, cohorts)
        assert [Counter(outcomes) for outcomes in rounds] == [{"held": 1, "waiting": CLIENTS - 1}] * ROUNDS
        assert [(await taken(database, cohort), await held(database, cohort)) for cohort in cohorts] == [
            (1, 1)
        ] * ROUNDS
