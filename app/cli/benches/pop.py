"""From a call's INVITE at the board to its screen pop painted in an agent's window.

Many customers, nine headless agents who talk, and one real window that is called again and
again from numbers the company knows and does not. Times are those of the logs: the board's
`call_offered`, the server's, and the window's `screen_pop_shown`.
"""

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.cli.benches.window_centre import WindowCentre
from drivers.telephony.caller import CallingPhone, PhoneCall

CUSTOMERS: Final = {"small": 5_000, "full": 100_000}
HEADLESS: Final = 9
WINDOW: Final = "a10"
QUEUE: Final = "9120"  # straight to an agent
POP_WITHIN_S: Final = 5.0
LOOKED_AT_S: Final = 0.3  # how long a call rings on at the window
TALK_S: Final = 2.0
WRAPPED_UP_S: Final = 4.0  # the demo's agents write for three seconds
BESIDE_S: Final = 0.05

Row = dict[str, Any]


def bench_pop(seconds: float, size: str) -> Iterator[dict[str, object]]:
    """One line: latencies in ms of all calls but the window's first, which is told alone.

    Args:
        seconds: how long calls are placed, about two a second.
        size: "small" (5,000 customers) or "full" (100,000).
    """
    with WindowCentre(customers=CUSTOMERS[size], agents=HEADLESS) as centre:
        log = centre.open_window(WINDOW)
        callers = _Callers(centre, log)
        asyncio.run(callers.call_for(seconds))
        pops = _pops(centre, log)
        yield {
            "customers": CUSTOMERS[size], "agents": HEADLESS + 1, "display": centre.screen.name,
            "answered_beside": callers.answered, **figures(pops),
        }  # fmt: skip


class _Callers:
    """Two calls at a time: the first finds the window, which has answered fewest; the other an agent."""

    def __init__(self, centre: WindowCentre, log: Path) -> None:
        host, _, port = centre.facts["sip"].rpartition(":")
        self._server = (host, int(port))
        self._numbers, self._log = centre.numbers, log
        self._chance = random.Random(1)
        self._beside: set[asyncio.Task[None]] = set()
        self.answered = 0

    async def call_for(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        phone = await CallingPhone.open(self._server)
        # One call for each headless agent, after which the window has answered fewest.
        await asyncio.gather(*[self._talk(await phone.call(QUEUE, self._number())) for _ in range(HEADLESS)])
        await asyncio.sleep(WRAPPED_UP_S)
        until_s = loop.time() + seconds
        while loop.time() < until_s:
            seen = self._shown()
            call = await phone.call(QUEUE, self._number())
            await asyncio.sleep(BESIDE_S)
            task = asyncio.create_task(self._talk(await phone.call(QUEUE, self._number())))
            self._beside.add(task)
            task.add_done_callback(self._beside.discard)
            given_up_s = loop.time() + POP_WITHIN_S
            while self._shown() == seen and loop.time() < given_up_s:
                await asyncio.sleep(0.02)
            await asyncio.sleep(LOOKED_AT_S)
            call.hang_up()
            await asyncio.sleep(LOOKED_AT_S)
        await asyncio.gather(*self._beside)
        await phone.close()

    def _number(self) -> str:
        if self._chance.random() < 0.5:
            return self._chance.choice(self._numbers)
        return f"1990{self._chance.randrange(10**7):07}"

    def _shown(self) -> int:
        return self._log.read_bytes().count(b'"screen_pop_shown"')

    async def _talk(self, call: PhoneCall) -> None:
        try:
            async with asyncio.timeout(POP_WITHIN_S):
                self.answered += await call.answered()
        except TimeoutError:
            pass
        else:
            await asyncio.sleep(TALK_S)
        call.hang_up()


# ------------------------------------------------------------------ what the logs say


def _pops(centre: WindowCentre, log: Path) -> list[Row]:
    """Each pop's moments in ms after the INVITE: server, offer, shown."""
    invited = {
        row["sip_call_id"]: row["at"]
        for row in _lines(centre.folder / "log" / "board0.log")
        if row["event"] == "call_offered"
    }
    lines = _lines(Path(centre.facts["log"]))
    known = {
        row["call_id"]: row["at"] for row in lines if row["event"] == "call_offered" and "call_id" in row
    }
    offered = {
        row["call_id"]: row["at"]
        for row in lines
        if row["event"] == "agent_offered" and row.get("agent") == WINDOW
    }
    pops = []
    for row in _lines(log):
        if row["event"] == "screen_pop_shown" and row["call_id"] in offered:
            call = centre.get(f"/api/v1/calls/{row['call_id']}")
            begun = _posix(invited[call["legs"][0]["sip_call_id"]])
            times = {
                "server": known[row["call_id"]],
                "offer": offered[row["call_id"]],
                "shown": row["shown_at"],
            }
            pops.append({name: 1000 * (_posix(at) - begun) for name, at in times.items()}
                        | {"known": call["customer_id"] is not None})  # fmt: skip
    return pops


def _lines(log: Path) -> list[Row]:
    rows = []
    for line in log.read_text("utf-8").splitlines():
        if line.startswith("{"):
            rows.append(json.loads(line))
    return rows


def _posix(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def figures(pops: list[Row]) -> dict[str, object]:
    """INVITE at the board → each moment; logs tell milliseconds."""
    if len(pops) < 2:
        return {"pops": len(pops)}
    shown = sorted(pop["shown"] for pop in pops[1:])
    return {
        "pops": len(shown), "of_known_customers": sum(pop["known"] for pop in pops[1:]),
        "pop_p50_ms": _at(shown, 0.5), "pop_p95_ms": _at(shown, 0.95), "pop_p99_ms": _at(shown, 0.99),
        "pop_max_ms": shown[-1], "first_pop_ms": pops[0]["shown"],
        "within_150_ms_percent": round(100 * sum(ms < 150 for ms in shown) / len(shown), 1),
        "server_p50_ms": _at(sorted(pop["server"] for pop in pops[1:]), 0.5),
        "offer_p50_ms": _at(sorted(pop["offer"] for pop in pops[1:]), 0.5),
        "offer_p95_ms": _at(sorted(pop["offer"] for pop in pops[1:]), 0.95),
    }  # fmt: skip


def _at(ordered: list[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
