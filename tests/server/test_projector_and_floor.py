"""What the projector writes is what the floor itself said of the same call; counters too."""

import asyncio

from sqlalchemy import select

from app.domain import commands as c
from app.domain import events as e
from app.server.projector import Projector
from app.server.storage.calls import CallStore
from app.server.storage.database import Database
from app.server.storage.growing import prepare
from app.server.storage.tables import interval_count, task
from tests.domain.floor.centre import AT_UTC, Centre


class Entry:
    def __init__(self, seq, now_s, events):
        self.seq, self.at_utc, self.events = seq, AT_UTC + now_s - 100.0, events


def entries_of(centre):
    return [Entry(seq, now_s, events) for _, now_s, seq, events in centre.journal]


def a_busy_morning():
    """An answered call with hold and wrap-up, an abandoned one, a missed offer, a kill in between."""
    centre = Centre(agents=2)
    seen = {}

    def look():
        for row in centre.floor.call_rows():
            seen[row["call_id"]] = centre.floor.call_view(row["call_id"], centre.now_s)

    first = centre.call("L0001", caller="+8613800000001")
    centre.play_over("L0001")
    centre.press("L0001", "1")
    centre.wait(3)
    (agent,) = centre.ringing()
    centre.do(c.AnswerCall(agent_id=agent))
    centre.wait(10)
    centre.do(c.Hold(agent_id=agent))
    centre.wait(5)
    centre.do(c.Resume(agent_id=agent))
    centre.call("L0002", caller="+8613800000002")
    centre.play_over("L0002")
    centre.kill(away_s=2.0)
    centre.press("L0002", "1")
    centre.wait(60)  # the other agent does not answer: break
    look()
    centre.hang_up("L0002")
    centre.wait(7)
    centre.hang_up("L0001")
    centre.wait(4)
    centre.do(c.SaveWrapUpDraft(agent_id=agent, notes="冰箱不制冷"))
    look()
    centre.do(c.FinishWrapUp(agent_id=agent, notes="冰箱不制冷", type="repair"))
    centre.wait(60)
    return centre, first, seen


def test_the_projected_calls_are_those_the_floor_showed(tmp_path):
    centre, first, seen = a_busy_morning()
    assert centre.floor.call_rows() == []
    ended = {event.call_id: event for event in centre.events(e.CallEnded)}

    async def test() -> None:
        database = Database(f"sqlite:///{tmp_path}/z.db")
        try:
            await prepare(database)
            projector = Projector(database)
            await projector.catch_up(entries_of(centre))
            store = CallStore(database)
            assert len(seen) == 2
            for call_id, shown in seen.items():
                written = await store.detail(call_id)
                assert set(shown) == set(written)
                for name in (
                    "direction",
                    "from",
                    "to",
                    "queue",
                    "started_at",
                    "keys",
                    "legs",
                    "segments",
                    "steps",
                    "decisions",
                ):
                    assert_begins_with(written[name], shown[name], f"{call_id} {name}")
                assert written["outcome"] == ended[call_id].outcome
                assert written["talk_s"] == ended[call_id].talk_s
                assert written["state"] == "ended"
                assert all(leg["ended_at"] for leg in written["legs"])
                assert all(segment["left_at"] for segment in written["segments"])
            detail = await store.detail(first)
            assert detail["summary"]["notes"] == "冰箱不制冷"
            assert detail["hold_s"] > 0
            assert detail["wrap_up_s"] > 0
            async with database.read() as connection:
                counts = [dict(row) for row in (await connection.execute(select(interval_count))).mappings()]
                tasks = (await connection.execute(select(task))).mappings().all()
            assert sum(row["offered"] for row in counts) == 2
            for row in counts:
                assert row["in_progress"] == 0
                ends = ("answered", "abandoned", "overflowed", "voicemail", "callback", "left_to_ivr", "lost")
                assert row["offered"] == sum(row[name] for name in ends)
            assert len(tasks) == len(centre.events(e.TaskMade))
        finally:
            await database.close()

    asyncio.run(test())


def assert_begins_with(written, shown, what):
    """What was shown while the call lived is still there; ends, quality and times may have come since."""
    if isinstance(shown, list):
        assert len(written) >= len(shown), what
        for one, other in zip(written, shown, strict=False):
            assert_begins_with(one, other, what)
    elif isinstance(shown, dict):
        for name, value in shown.items():
            if value not in (None, "") and name != "offers":  # counted when the segment ends
                assert_begins_with(written[name], value, f"{what}.{name}")
    else:
        assert written == shown, what
