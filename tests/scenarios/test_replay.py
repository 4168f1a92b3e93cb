"""A busy morning is decided again from its journal: the same events, the same state, whatever the hash seed."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drivers.telephony.caller import CallingPhone
from tests.scenarios.harness import ROOT, Centre
from tests.scenarios.people import Agents, settle

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120), pytest.mark.req("X9", "Q4", "T2")]


def replay(config: Path, *options: str, seed: str = "random") -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, lines, what was said on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "replay", "--config", str(config), *options],
        cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


async def morning(centre: Centre) -> None:
    """Twelve customers: some are answered, some give up in the queue or the menu, some test an echo."""
    phone = await CallingPhone.open(centre.sip)
    try:
        await asyncio.gather(*(customer(phone, number) for number in range(12)), kill_once(centre))
    finally:
        await phone.close()


async def customer(phone: CallingPhone, number: int) -> None:
    await asyncio.sleep(number * 0.15)
    call = await phone.call(("400", "9120", "400", "9103")[number % 4], f"1350000{number:04}")
    assert await call.answered()
    await asyncio.sleep(0.5)
    if number % 4 == 0:
        call.press("1")
    await asyncio.sleep(2.5 + number * 0.2)
    call.hang_up()
    await call.ended


async def kill_once(centre: Centre) -> None:
    await asyncio.sleep(2.0)
    centre.kill("server")


def test_a_journal_is_decided_again_alike(tmp_path: Path):
    with Centre(tmp_path / "demo") as centre:
        with Agents(centre, 3, "--answer-after", "0.3", "--wrap-up", "0.3", "--no-answer-every", "4"):
            asyncio.run(morning(centre))
            rows = settle(centre, 12)
        config = tmp_path / "demo" / "zongji.toml"
    replays = [replay(config, seed=seed) for seed in ("0", "1", "random")]
    for status, lines, said in replays:
        assert status == 0, said + str(lines[:3])
        assert lines[-1]["differences"] == 0 and lines[-1]["records"] > 100 and lines[-1]["events"] > 100
    assert len({json.dumps(lines) for _, lines, _ in replays}) == 1, "one state, whatever the seed"
    one_call_is_shown(config, rows)
    damage_is_refused(config, tmp_path / "demo" / "journal")


def one_call_is_shown(config: Path, rows: list[dict[str, Any]]) -> None:
    call = next(row for row in rows if row["to"] == "9120" and row["outcome"] == "answered")
    status, lines, _ = replay(config, "--call", call["call_id"])
    assert status == 0
    names = [name for line in lines[:-1] for name, _ in line["events"]]
    for name in ("CallStarted", "CallQueued", "DecisionMade", "CallAnswered", "CallEnded"):
        assert name in names
    assert [line["seq"] for line in lines[:-1]] == sorted(line["seq"] for line in lines[:-1])
    status, lines, said = replay(config, "--call", "c0")
    assert (status, lines) == (1, []) and "c0" in said and "Traceback" not in said


def damage_is_refused(config: Path, journal: Path) -> None:
    whole = journal.with_name("whole")
    shutil.copytree(journal, whole)
    segment = max(journal.iterdir(), key=lambda path: path.stat().st_size)
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 0x55
    segment.write_bytes(data)
    status, lines, said = replay(config)
    assert (status, lines) == (1, [])
    assert segment.name in said and "Traceback" not in said and len(said.strip().splitlines()) == 1, said
    shutil.rmtree(journal)
    shutil.copytree(whole, journal)
    assert replay(config)[0] == 0
