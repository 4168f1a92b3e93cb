"""`./zongji bench kill`: the server killed again and again under a crowd of customers."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.cli.benches.centre import BenchCentre, bench_centre, percentile, posix_s
from app.cli.benches.crowd import AGENT_HZ, Crowd
from drivers.telephony.exchange.wav import wav_header
from drivers.telephony.sound.hearing import tone

BACK_WITHIN_S = 30.0


def bench_kill(seconds: float, size: str) -> Iterator[dict[str, Any]]:
    """Kills for so many seconds; 40 customers and 10 agents, small: 8 and 3.

    back_after_s: from the new process's start (as the kernel has it) to its first decision about
    its board (the log's `board_back`). heard_gap_ms: the longest any customer heard nothing.
    """
    yield asyncio.run(_kill(seconds, 40 if size == "full" else 8, 10 if size == "full" else 3))


async def _kill(seconds: float, customers: int, agents: int) -> dict[str, Any]:
    async with bench_centre() as centre:
        talk = tone_wav(centre.folder / "talk.wav")
        options = ("--talk", str(talk), "--answer-after", "0.6", "--wrap-up", "0.3")
        async with centre.agents(agents, *options):
            crowd = Crowd(centre.sip, random.Random(417), customers)
            calling = asyncio.create_task(crowd.run())
            try:
                back_s = await _kill_now_and_then(centre, crowd, seconds)
            finally:
                crowd.stopping = True
                await asyncio.wait({calling}, timeout=120.0)
                calling.cancel()
            errors = [row for row in centre.new_log_lines() if row.get("event") == "internal_error"]
    ended = [told.ended_by for told in crowd.told]
    gaps = [told.gap_ms for told in crowd.told if told.ended_by == "caller"]
    return {
        "case": "server",
        "kills": len(back_s),
        "calls": len(ended),
        "calls_not_ended_by_the_customer": sum(by != "caller" for by in ended),
        "internal_errors": len(errors),
        "heard_gap_p50_ms": percentile(gaps, 50),
        "heard_gap_max_ms": percentile(gaps, 100),
        "back_after_p50_s": round(sorted(back_s)[len(back_s) // 2], 2) if back_s else None,
        "back_after_max_s": round(max(back_s), 2) if back_s else None,
    }


async def _kill_now_and_then(centre: BenchCentre, crowd: Crowd, seconds: float) -> list[float]:
    """Seconds from each new process's start to its first decision."""
    while crowd.talking < min(3, crowd.customers // 3):
        await asyncio.sleep(0.1)
    took: list[float] = []
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        await asyncio.sleep(crowd.chance.uniform(0.5, 3.0))
        centre.new_log_lines()
        old = int(centre.facts["pids"]["server"])
        os.kill(old, signal.SIGKILL)
        took.append(await _back_after_s(centre, old))
    return took


async def _back_after_s(centre: BenchCentre, old: int) -> float:
    until_s = time.monotonic() + BACK_WITHIN_S
    decided_s = None
    while time.monotonic() < until_s:
        for row in centre.new_log_lines():
            if row.get("event") == "board_back":
                decided_s = decided_s or posix_s(row["at"])
        pid = int(centre.facts["pids"].get("server", old))
        if decided_s is not None and pid != old:
            return decided_s - process_started_s(pid)
        await asyncio.sleep(0.02)
    return BACK_WITHIN_S


def process_started_s(pid: int) -> float:
    """When the kernel started a process, POSIX seconds, to 10 ms. Linux only."""
    ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    up_s = float(Path("/proc/uptime").read_text().split()[0])
    return time.time() - up_s + ticks / os.sysconf("SC_CLK_TCK")


def tone_wav(path: Path) -> Path:
    """What the bench's agents say."""
    samples = tone(AGENT_HZ, 2.0)
    path.write_bytes(wav_header(samples.nbytes, 1) + samples.tobytes())
    return path
