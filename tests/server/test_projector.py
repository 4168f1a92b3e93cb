"""Journal entries become call records: each exactly once, whatever is killed in between."""

import asyncio
import itertools
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from app.domain import events as e
from app.server.projector import Projector
from app.server.storage.calls import CallFilter, CallStore
from app.server.storage.database import Database
from app.server.storage.growing import prepare
from app.server.storage.listing import Page
from app.server.storage.tables import call, call_part, interval_count, projection, recording, task

AT = 1_795_320_000.0


@dataclass(frozen=True)
class Entry:
    seq: int
    at_utc: float
    events: list[Any]


def a_call(call_id: str, first_seq: int, at: float) -> list[Entry]:
    """From the ring over menu and queue to the wrap-up, an event an entry."""
    leg, desk, segment = f"l{call_id}", "desk-a03", f"s{call_id}"
    events = [
        e.CallStarted(call_id=call_id, direction="in", from_number="13800138000", to_number="400"),
        e.LegAdded(leg_id=leg, board="board0", kind="caller", via="guest", direction="in", call_id=call_id),
        e.StepTaken(call_id=call_id, number=1, step="offered"),
        e.LegGotOn(leg_id=leg, state="answered", codec="PCMA", call_id=call_id),
        e.KeysPressed(call_id=call_id, node="menu", digits="1"),
        e.SegmentStarted(call_id=call_id, segment_id=segment, place="queue:service", queue="service"),
        e.CallPhaseChanged(call_id=call_id, phase="queued"),
        e.CallQueued(call_id=call_id, queue="service", segment_id=segment, entered_s=1.0),
        e.DecisionMade(
            call_id=call_id, queue="service", rule="fewest_today", chosen="a03", waiting_before=1, text="…",
            candidates=[e.Candidate(agent="a03", score=[0.0, 1.0])],
        ),
        e.SegmentEnded(
            call_id=call_id, segment_id=segment, place="queue:service", queue="service", end_reason="answered",
            agent_id="a03", offers=1, took_s=6.0, in_time=True,
        ),
        e.LegAssigned(leg_id=desk, call_id=call_id, agent_id="a03", board="board0"),
        e.CallAnswered(call_id=call_id, agent_id="a03", queue="service"),
        e.RecordingStarted(
            call_id=call_id, recording_id=f"r{call_id}", leg_id=leg, file=f"{call_id}.wav", channels=["caller", "agent"]
        ),
        e.CallPhaseChanged(call_id=call_id, phase="talking"),
        e.LegGone(leg_id=leg, cause=16, by="far", call_id=call_id, loss_percent=0.5, jitter_ms=2.0, mos=4.3),
        e.LegAssigned(leg_id=desk, call_id=None, agent_id="a03"),
        e.AgentReleased(call_id=call_id, agent_id="a03", ended_by="caller", talk_s=95.2),
        e.CallEnded(
            call_id=call_id, outcome="answered", ended_by="caller", agent_id="a03", queue="service",
            ivr_s=4.0, wait_s=6.0, ring_s=2.0, talk_s=95.2,
        ),
        e.RecordingSaved(call_id=call_id, recording_id=f"r{call_id}", file=f"{call_id}.wav", duration_s=95.0, started_utc=at + 11),
        e.WrapUpFinished(call_id=call_id, agent_id="a03", summary={"notes": "好"}, took_s=20.0),
        e.CallClosed(call_id=call_id),
    ]  # fmt: skip
    return [Entry(first_seq + n, at + n, [event]) for n, event in enumerate(events)]


def served(call_id: str, seq: int, **more: Any) -> Entry:
    facts: dict[str, Any] = {
        "board": "board0", "leg_id": "L9", "service": "keys", "to_number": "9150", "from_number": "1001",
        "via": "guest", "trunk": None, "sip_call_id": "x@y", "codec": "PCMA", "started_utc": AT,
        "answered_utc": AT + 0.5, "ended_utc": AT + 9.5, "ended_by": "far", "cause": 16, "digits": "123",
        "recording_id": None, "recording_file": None, "recording_s": 0.0,
    }  # fmt: skip
    return Entry(seq, AT + 10, [e.ServiceCallEnded(call_id=call_id, **(facts | more))])


def a_day() -> list[Entry]:
    """Three calls in each other's arms, one still open, a service call and a task."""
    calls = [a_call("c1", 0, AT), a_call("c2", 0, AT + 3), a_call("c3", 0, AT + 880)]
    open_call = a_call("c4", 0, AT + 900)[:14]
    task_made = e.TaskMade(
        task_id="t1", kind="missed_call", number="+8613800138000", call_id="c1", queue="service"
    )
    rest = [
        served("c9", 0),
        Entry(0, AT, [task_made]),
        Entry(0, AT + 9, [e.TaskClosed(task_id="t1", number="x")]),
    ]
    woven = [entry for step in itertools.zip_longest(*calls, open_call, rest) for entry in step if entry]
    return [Entry(seq, entry.at_utc, entry.events) for seq, entry in enumerate(woven, 1)]


async def contents(database: Database) -> dict[str, list[Any]]:
    """Everything the projector wrote, comparable."""
    found = {}
    async with database.read() as connection:
        for table in (call, call_part, recording, task, interval_count, projection):
            rows = (await connection.execute(select(table))).mappings()
            found[table.name] = sorted(
                repr({name: value for name, value in row.items() if name != "row"}) for row in rows
            )
    return found


def with_database(tmp_path, test) -> None:
    async def run() -> None:
        database = Database(f"sqlite:///{tmp_path}/z.db")
        try:
            await prepare(database)
            await test(database)
        finally:
            await database.close()

    asyncio.run(run())


CALL_KEYS = {
    "call_id", "direction", "state", "outcome", "from", "to", "customer_id", "queue", "agent", "started_at",
    "answered_at", "ended_at", "ended_by", "ivr_s", "wait_s", "ring_s", "talk_s", "hold_s", "wrap_up_s", "keys",
    "legs", "segments", "steps", "decisions", "recordings", "summary", "work_orders",
}  # fmt: skip


@pytest.mark.req("P9", "R1")
def test_a_finished_call_has_every_key_of_the_contract_and_its_figures(tmp_path):
    async def test(database):
        projector = Projector(database)
        await projector.catch_up(a_call("c1", 1, AT))
        detail = await CallStore(database).detail("c1")
        assert set(detail) == CALL_KEYS
        assert detail["from"] == "+8613800138000"
        assert (detail["state"], detail["outcome"], detail["agent"]) == ("ended", "answered", "a03")
        assert detail["wrap_up_s"] == 20.0
        assert detail["summary"] == {"notes": "好"}
        assert detail["keys"] == [{"node": "menu", "digits": "1"}]
        caller, agent = detail["legs"]
        assert caller["quality"] == {"loss_percent": 0.5, "jitter_ms": 2.0, "mos": 4.3}
        assert agent["kind"] == "agent"
        assert agent["ended_at"] is not None
        assert detail["segments"][0]["end_reason"] == "answered"
        assert detail["recordings"][0]["duration_s"] == 95.0
        assert detail["recordings"][0]["url"] == "/api/v1/recordings/rc1"

    with_database(tmp_path, test)


@pytest.mark.req("T17")
def test_a_call_the_board_served_alone_becomes_a_whole_record(tmp_path):
    async def test(database):
        projector = Projector(database)
        recorded = {"to_number": "9111", "service": "bridge_recorded", "recording_id": "r5", "recording_file": "a.wav",
                    "recording_s": 8.0, "digits": ""}  # fmt: skip
        await projector.catch_up(
            [served("c1", 1), served("c2", 2, **recorded), served("c3", 3, answered_utc=None)]
        )
        store = CallStore(database)
        keys, bridged, unanswered = [await store.detail(call_id) for call_id in ("c1", "c2", "c3")]
        assert set(keys) == CALL_KEYS
        assert keys["keys"] == [{"node": "keys", "digits": "123"}]
        assert (keys["direction"], keys["outcome"]) == ("in", "self_service")
        assert (bridged["outcome"], bridged["talk_s"]) == ("answered", 9.0)
        assert bridged["recordings"][0]["recording_id"] == "r5"
        assert unanswered["outcome"] == "abandoned"

    with_database(tmp_path, test)


def test_counters_add_up_while_calls_come_and_go(tmp_path):
    async def test(database):
        entries = a_day()
        projector = Projector(database)
        for entry in entries:
            await projector.catch_up([entry])
            async with database.read() as connection:
                for row in (await connection.execute(select(interval_count))).mappings():
                    assert row["offered"] == row["answered"] + row["abandoned"] + row["in_progress"]
        async with database.read() as connection:
            rows = list((await connection.execute(select(interval_count))).mappings())
        assert sum(row["offered"] for row in rows) == 4
        assert sum(row["talk_s"] for row in rows) == pytest.approx(3 * 95.2)

    with_database(tmp_path, test)


@pytest.mark.parametrize("cut", range(1, len(a_day()), 7))
def test_killed_anywhere_and_fed_again_it_writes_what_an_unbroken_run_writes(tmp_path, cut):
    async def test(database):
        entries = a_day()
        await Projector(database).catch_up(entries[:cut])
        # The new process is given entries it has already had, and goes on.
        again = Projector(database)
        position = await again.position()
        assert position == entries[cut - 1].seq
        await again.catch_up(entries[max(0, cut - 5) :])
        broken = await contents(database)
        await again.rebuild(entries)
        assert await contents(database) == broken

    with_database(tmp_path, test)


def test_a_write_that_fails_halfway_leaves_nothing_and_is_done_again(tmp_path, monkeypatch):
    async def test(database):
        entries = a_day()
        projector = Projector(database)
        await projector.catch_up(entries[:20])
        before = await contents(database)
        original = projector._projection._add

        async def die(*_: Any) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(projector._projection, "_add", die)
        with pytest.raises(OSError, match="disk full"):
            await projector.catch_up(entries[20:])
        assert await contents(database) == before
        monkeypatch.setattr(projector._projection, "_add", original)
        await projector.catch_up(entries[20:])
        whole = await contents(database)
        await projector.rebuild(entries)
        assert await contents(database) == whole

    with_database(tmp_path, test)


def test_live_entries_are_written_in_few_transactions(tmp_path):
    async def test(database):
        written: list[int] = []
        projector = Projector(database, on_written=written.append)
        running = asyncio.create_task(projector.run())
        for entry in a_day():
            projector.take(entry)
        await projector.caught_up()
        running.cancel()
        assert written == [len(a_day())]  # fewer than a batch
        items, following = await CallStore(database).page(CallFilter(), Page(limit=3))
        assert [item["call_id"] for item in items][:2] == ["c4", "c3"]
        assert following is not None

    with_database(tmp_path, test)
