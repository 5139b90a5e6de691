"""Nothing is lost, doubled or shuffled, whatever platforms do and however often the gateway is killed.

`make chaos` sends 10,000 updates through each platform and kills the gateway every few seconds.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.channels.storm import Road, storm, telegram, zalo_bot, zalo_oa
from tests.fakes.mischief import Mischief, Trouble

FULL = int(os.environ.get("CHAOS", "0"))
ONLY = os.environ.get("CHAOS_CHANNEL", "")
ROADS = {"telegram": telegram, "zalo_oa": zalo_oa, "zalo_bot": zalo_bot}


async def weather(
    home: Path, roads: list[Road], count: int, kill_seconds: float, kills: int, trouble: Mischief
) -> None:
    result = await storm(home, roads, count, kill_seconds, kills, trouble)
    print(
        f"\n{'+'.join(road.name for road in roads)}: {result.updates} updates, {result.deliveries} deliveries, "
        f"{result.kills} kills, {result.seconds:.0f} s; fixed text only: {result.fixed_only}; "
        f"{dict(sorted(result.states.items()))}"
    )
    assert (result.lost, result.doubled, result.shuffled) == ([], [], [])


async def test_a_small_storm(tmp_path: Path) -> None:
    often = Mischief(chance=0.4, kinds=(Trouble.BROKEN_AFTER, Trouble.CUT_AFTER))
    await weather(
        tmp_path, [make() for make in ROADS.values()], count=20, kill_seconds=1.5, kills=1, trouble=often
    )


@pytest.mark.skipif(not FULL, reason="make chaos")
@pytest.mark.parametrize("name", ROADS)
async def test_a_whole_storm(tmp_path: Path, name: str) -> None:
    if ONLY and name != ONLY:
        pytest.skip(f"only {ONLY}")
    await weather(
        tmp_path,
        [ROADS[name]()],
        count=FULL,
        kill_seconds=5.0,
        kills=FULL // 400,
        trouble=Mischief(chance=0.05),
    )
