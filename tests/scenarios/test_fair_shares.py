"""A hundred calls, four agents who come late, go on break, refuse and miss: everybody gets his fair share.

The rule is `fewest_today`: fewest answered calls of the day first. The server is killed in the
middle, and the counts of the day go on as if nothing had been.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.telephony.caller import CallingPhone
from drivers.telephony.sound.hearing import tone_now
from tests.scenarios.harness import Centre, until
from tests.scenarios.people import Agents, settle, tone_wav

CALLS, BREAK_AT, BACK_AT, LATE_AFTER, KILL_AT, ALONE_FROM = 100, 10, 22, 40, 55, 74
TOGETHER, AGENT_HZ = 3, 500.0

pytestmark = [pytest.mark.peer, pytest.mark.timeout(240), pytest.mark.req("A1", "A2", "X9", "I4")]


class Customers:
    """One after the other, three at a time; what happens at a given call, the next ones wait for."""

    def __init__(self, sip: tuple[str, int]) -> None:
        self.sip, self.next, self.meanwhile = sip, 0, dict[int, Callable[[], Awaitable[Any]]]()

        self._gate = asyncio.Lock()

    async def run(self) -> None:
        phone = await CallingPhone.open(self.sip)
        try:
            for end, together in ((ALONE_FROM, TOGETHER), (CALLS, 1)):
                await asyncio.gather(*(self._one_by_one(phone, end) for _ in range(together)))
        finally:
            await phone.close()

    async def _one_by_one(self, phone: CallingPhone, end: int) -> None:
        while True:
            async with self._gate:
                if self.next >= end:
                    return
                number, self.next = self.next, self.next + 1
                if number in self.meanwhile:
                    await self.meanwhile[number]()
            call = await phone.call("9120", f"1360000{number:04}")
            assert await call.answered()
            async with asyncio.timeout(60):
                while tone_now(call.sound.heard(0.25), AGENT_HZ) < 0.6:
                    assert not call.ended.done(), f"call {number} was lost: {call.ended.result()}"
                    await asyncio.sleep(0.05)
            call.hang_up()
            await call.ended


def test_hundred_calls_are_shared_fairly(tmp_path: Path):
    talk = tone_wav(tmp_path / "agent.wav", AGENT_HZ)
    plan = ("--talk", str(talk), "--answer-after", "0.05", "--wrap-up", "0")
    with (
        Centre(tmp_path / "demo", settings={"queues.1.ring_s": 1.0}) as centre,
        Agents(centre, 3, *plan, "--no-answer-every", "11", "--refuse-every", "6"),
    ):
        late: list[Agents] = []

        async def log_in_late() -> None:
            late.append(Agents(centre, 1, *plan, first="a04"))
            await asyncio.to_thread(
                until, "a04 is in", lambda: centre.agents()["a04"]["state"] != "logged_out", 30
            )

        async def on_break() -> None:
            def asked() -> bool:
                return centre.command("StartBreak", "a03", reason="lunch").status_code == 200

            await asyncio.to_thread(until, "a03 may go", asked)

        async def off_break() -> None:
            row = (await asyncio.to_thread(centre.agents))["a03"]
            assert row["state"] == "on_break" and row["reason"] == "lunch"
            assert (await asyncio.to_thread(centre.command, "EndBreak", "a03")).status_code == 200

        async def kill() -> None:
            centre.kill("server")

        customers = Customers(centre.sip)
        customers.meanwhile = {
            BREAK_AT: on_break, LATE_AFTER: log_in_late, KILL_AT: kill, BACK_AT: off_break,
        }  # fmt: skip

        try:
            asyncio.run(customers.run())
            rows = settle(centre, CALLS)
            details = [centre.get(f"/api/v1/calls/{row['call_id']}") for row in rows]
            check(centre, details)
        finally:
            for one in late:
                one.__exit__()


def check(centre: Centre, calls: list[dict[str, Any]]) -> None:
    assert len(calls) == CALLS and {call["outcome"] for call in calls} == {"answered"}
    counts = {name: row["calls_today"] for name, row in centre.agents().items() if row["calls_today"]}
    print(counts)
    assert sum(counts.values()) == CALLS and set(counts) == {"a01", "a02", "a03", "a04"}
    # Whoever gives one of the last calls back has no call left to make up for it.
    last = sorted(calls, key=lambda call: str(call["started_at"]))[-8:]
    given_back = sum(step["step"] == "offer_missed" for call in last for step in call["steps"])
    assert abs(counts["a01"] - counts["a02"]) <= 1 + given_back, (counts, given_back)
    assert max(counts.values()) - min(counts.values()) <= 1 + given_back, (counts, given_back)
    bench = next(row for row in centre.get("/api/v1/queues")["items"] if row["queue_id"] == "bench")
    assert bench["today"]["offered"] == bench["today"]["answered"] == CALLS
    fewest_first(calls)
    latecomer_from_zero(calls)
    head_of_the_queue(calls)
    assert centre.log_lines("internal_error") == []


def decisions(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((one for call in calls for one in call["decisions"]), key=lambda one: one["at"])


def fewest_first(calls: list[dict[str, Any]]) -> None:
    for decision in decisions(calls):
        assert decision["rule"] == "fewest_today" and decision["queue"] == "bench" and decision["text"]
        scores = {row["agent"]: row["score"] for row in decision["candidates"] if row["passed_over"] is None}
        assert decision["chosen"] == min(scores, key=lambda agent: (scores[agent], agent)), decision
        for row in decision["candidates"]:
            assert (row["passed_over"] is None) == (row["agent"] in scores)


def latecomer_from_zero(calls: list[dict[str, Any]]) -> None:
    """He begins with none, so while he is behind, every call for which he is free is his."""
    mine = [
        (decision["chosen"], row["score"][0])
        for decision in decisions(calls)
        for row in decision["candidates"]
        if row["agent"] == "a04" and row["passed_over"] is None
    ]
    assert mine[0] == ("a04", 0.0)
    assert [chosen for chosen, _ in mine[:8]] == ["a04"] * 8


def head_of_the_queue(calls: list[dict[str, Any]]) -> None:
    """Whoever was refused or missed is the next to be offered, to anybody who has not refused him."""
    missed = {"refused": 0, "no_answer": 0}
    queued = {call["call_id"]: step_at(call, "queued") for call in calls}
    for call in calls:
        steps = [step for step in call["steps"] if step["step"] in ("agent_offered", "offer_missed")]
        refused_by = set()
        for step, following in itertools.pairwise(steps):
            if step["step"] != "offer_missed":
                continue
            missed[step["reason"]] = missed.get(step["reason"], 0) + 1
            refused_by.add(step["agent_id"])
            for other in calls:
                if queued[other["call_id"]] > queued[call["call_id"]]:
                    overtaking = [
                        one for one in other["steps"]
                        if one["step"] == "agent_offered" and step["at"] < one["at"] < following["at"]
                    ]  # fmt: skip
                    assert all(one["agent_id"] in refused_by for one in overtaking), (call, other)
    assert missed["refused"] >= 5 and missed["no_answer"] >= 3, missed


def step_at(call: dict[str, Any], name: str) -> str:
    return next(str(step["at"]) for step in call["steps"] if step["step"] == name)
