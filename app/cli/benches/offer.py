"""`./zongji bench offer`: how soon a free agent's telephone rings again, quiet and beside an import and a backup."""

import asyncio
import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.cli.benches.centre import BenchCentre, bench_centre, percentile, posix_s, stories
from app.server.workers import Workers
from drivers.telephony.caller import CallingPhone

TALK_S, LONGEST_S = 0.4, 600.0


def bench_offer(seconds: float, size: str) -> Iterator[dict[str, Any]]:
    """8 agents and 12 callers on 9120 (small: 2 and 4), so that somebody always waits.

    asked: from the agent's own “I am free again” to his next ring, as his program stamps them,
    with the way to the server and back. decided: the same by the server's log.
    The case `loaded` lasts until 100,000 customers (small: 2,000) are imported, copies of the
    database being made all the while.
    """
    full = size == "full"
    rows = asyncio.run(_offer(seconds, 8 if full else 2, 12 if full else 4, 100_000 if full else 2_000))
    yield from rows


async def _offer(seconds: float, agents: int, callers: int, customers: int) -> list[dict[str, Any]]:
    async with bench_centre() as centre:
        file = customers_file(centre.folder / "customers.csv", customers)
        options = ("--answer-after", "0.05", "--hang-up-after", str(TALK_S), "--wrap-up", "0")
        async with centre.agents(agents, *options) as story:
            phone = await CallingPhone.open(centre.sip)
            calling = [asyncio.create_task(_call_again(phone, n)) for n in range(callers)]
            try:
                await asyncio.sleep(2.0)
                quiet_s = time.time()
                await asyncio.sleep(seconds)
                loaded_s = time.time()
                facts = await _load(centre, file)
                ended_s = time.time()
            finally:
                for task in calling:
                    task.cancel()
                await asyncio.gather(*calling, return_exceptions=True)
                await phone.close()
            log = centre.new_log_lines()
            lines = stories(story)
    windows: list[tuple[str, float, float, dict[str, Any]]] = [
        ("quiet", quiet_s, loaded_s, {}),
        ("loaded", loaded_s, ended_s, facts),
    ]
    return [
        {"case": case, **figures(lines, log, begin_s, end_s), **more}
        for case, begin_s, end_s, more in windows
    ]


async def _call_again(phone: CallingPhone, place: int) -> None:
    """One caller who is never satisfied."""
    number = 0
    while True:
        number += 1
        call = await phone.call("9120", f"135{place:03}{number:05}")
        if not await call.answered():
            await asyncio.sleep(0.5)
            continue
        await call.ended


async def _load(centre: BenchCentre, file: Path) -> dict[str, Any]:
    """Import the file, copying the database over and over meanwhile, as a backup does."""
    workers = Workers(quick=0, long=1)
    await workers.start()
    began_s = time.monotonic()
    importing = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "import", str(file), "--config", str(centre.facts["config"]),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    copies = 0
    try:
        while importing.returncode is None and time.monotonic() - began_s < LONGEST_S:
            await workers.run(
                "copy_database", source=str(centre.folder / "zongji.db"),
                destination=str(centre.folder / "copy.db"),
            )  # fmt: skip
            copies += 1
    finally:
        await workers.close()
        done = importing.returncode == 0
        with suppress(ProcessLookupError):
            importing.kill()
        await importing.wait()
    return {"import_complete": done, "import_s": round(time.monotonic() - began_s, 1), "copies": copies}


def figures(
    lines: list[dict[str, Any]], log: list[dict[str, Any]], begin_s: float, end_s: float
) -> dict[str, Any]:
    """Of one window of time, milliseconds."""
    asked = [
        gap
        for at_s, gap in gaps(lines, "agent", lambda row: row["event"] == "ended", lambda row: row["event"] == "ringing")
        if begin_s <= at_s < end_s
    ]  # fmt: skip
    decided = [
        gap
        for at_s, gap in gaps(
            log, "agent", lambda row: row.get("event") == "agent_state" and row.get("state") == "ready",
            lambda row: row.get("event") == "agent_offered",
        )
        if begin_s <= at_s < end_s
    ]  # fmt: skip
    return {
        "rings": len(asked), "asked_p50_ms": percentile(asked, 50), "asked_p99_ms": percentile(asked, 99),
        "asked_max_ms": percentile(asked, 100), "decided_p50_ms": percentile(decided, 50),
        "decided_p99_ms": percentile(decided, 99),
    }  # fmt: skip


def gaps(rows: list[dict[str, Any]], who: str, begins: Any, ends: Any) -> list[tuple[float, float]]:
    """(when it ended, ms it took) from each agent's last beginning to the first end after it."""
    since: dict[str, float] = {}
    found: list[tuple[float, float]] = []
    for row in rows:
        if begins(row):
            since[row[who]] = posix_s(row["at"])
        elif ends(row) and row[who] in since:
            at_s = posix_s(row["at"])
            found.append((at_s, (at_s - since.pop(row[who])) * 1000))
    return found


def customers_file(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["姓名", "电话", "地址"])
        rows.writerows([f"客户{n}", f"131{n:08}", f"上海市长宁区虹桥路{n}号"] for n in range(count))
    return path
