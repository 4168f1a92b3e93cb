"""Journal → records: calls, recordings, tasks and counters, each entry exactly once.

Takes entries that are safe in the journal, folds them (`call_record`) and writes whatever is
pending in one transaction with the journal position. Decides nothing; can be thrown away and
rebuilt from the journal. When the database is away, entries wait here and in the journal.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from app.domain import events as e
from app.server import log
from app.server.call_record import FOLDS, CallRecord, begun, served_alone
from app.server.storage.database import Database
from app.server.storage.projection import Projection, Written

INTERVAL_S = 900.0
BATCH = 100  # a few milliseconds of the loop that calls share
CATCH_UP_BATCH = 500
PAUSE_S = 0.02  # lets a busy moment become one transaction
AGAIN_S = 1.0


class Entry(Protocol):
    """A journal entry: `app.server.bus.Entry` is one."""

    @property
    def seq(self) -> int: ...

    @property
    def at_utc(self) -> float: ...

    @property
    def events(self) -> Sequence[Any]: ...


class Projector:
    """country: how numbers without + are read. on_written(seq): after each transaction."""

    def __init__(
        self, database: Database, *, country: str = "CN", on_written: Callable[[int], None] = lambda seq: None
    ) -> None:
        self._projection = Projection(database)
        self._country = country
        self._on_written = on_written
        self._calls: dict[str, CallRecord] = {}
        self._pending: deque[Entry] = deque()
        self._wake = asyncio.Event()
        self._taken_seq = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self.seq = 0

    # -------------------------------------------------------------- at start

    async def position(self) -> int:
        """The last entry that is written: give `catch_up` those after it."""
        self.seq = await self._projection.position()
        return self.seq

    async def catch_up(self, entries: Iterable[Entry]) -> int:
        """Write entries of the journal in their order; those already written are skipped. How many were not."""
        await self.position()
        batch: list[Entry] = []
        done = 0
        for entry in entries:
            if entry.seq <= self.seq:
                continue
            batch.append(entry)
            if len(batch) >= CATCH_UP_BATCH:
                done += len(batch)
                await self._write(batch)
                batch = []
        if batch:
            done += len(batch)
            await self._write(batch)
        return done

    async def rebuild(self, entries: Iterable[Entry]) -> int:
        """Forget everything, and fold the journal from its first entry."""
        await self._projection.forget()
        self._calls.clear()
        return await self.catch_up(entries)

    # ------------------------------------------------------------------ live

    def take(self, entry: Entry) -> None:
        """One more safe entry; a listener of the bus. Never waits."""
        self._pending.append(entry)
        self._taken_seq = entry.seq
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled; after a failed write it tries the same entries again."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._pending:
                batch = [self._pending[at] for at in range(min(BATCH, len(self._pending)))]
                try:
                    await self._write([entry for entry in batch if entry.seq > self.seq])
                except Exception as error:
                    log.internal_error(error, "projector", batch[0])
                    await asyncio.sleep(AGAIN_S)
                    continue
                for _ in batch:
                    self._pending.popleft()
                await asyncio.sleep(PAUSE_S)

    async def caught_up(self, within_s: float = 1.0) -> None:
        """Wait until all that was taken before now is written; not longer than `within_s`."""
        if self._taken_seq <= self.seq:
            return
        reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._taken_seq, reached))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reached, within_s)

    @property
    def behind(self) -> int:
        """Entries taken and not yet written, for the metrics."""
        return len(self._pending)

    # ---------------------------------------------------------------- inside

    async def _write(self, batch: Sequence[Entry]) -> None:
        if not batch:
            return
        try:
            await self._recall(batch)
            written = Written()
            for entry in batch:
                for event in entry.events:
                    try:
                        self._fold(event, entry.at_utc, written)
                    except Exception as error:  # one odd event must not stop all that follow
                        log.internal_error(error, "projector", event)
            await self._match_customers(written)
            await self._projection.write(written, batch[-1].seq)
        except BaseException:
            # What is in memory is ahead of what is written: read it again next time.
            self._calls.clear()
            raise
        self.seq = batch[-1].seq
        for call_id, call in written.calls.items():
            call.touched.clear()
            if call.over:
                self._calls.pop(call_id, None)
        for seq, reached in self._waiting:
            if seq <= self.seq and not reached.done():
                reached.set_result(None)
        self._waiting = [(seq, reached) for seq, reached in self._waiting if not reached.done()]
        self._on_written(self.seq)

    async def _recall(self, batch: Sequence[Entry]) -> None:
        """Load the calls that this batch goes on with and memory does not have."""
        mentioned = {
            event.call_id
            for entry in batch
            for event in entry.events
            if type(event) in FOLDS and getattr(event, "call_id", None)
        }
        self._calls |= await self._projection.load(sorted(mentioned - set(self._calls)))

    def _fold(self, event: e.Event, at: float, written: Written) -> None:
        match event:
            case e.CallStarted():
                self._calls[event.call_id] = written.calls[event.call_id] = begun(event, at, self._country)
            case e.ServiceCallEnded():
                call = served_alone(event, self._country)
                written.calls[event.call_id] = call
                if event.recording_id and event.recording_file:
                    written.recordings[event.recording_id] = {
                        "recording_id": event.recording_id, "call_id": event.call_id, "agent": None,
                        "file": event.recording_file, "started_at": event.answered_utc or event.started_utc,
                        "duration_s": event.recording_s, "channels": ["caller", "agent"],
                    }  # fmt: skip
            case e.RecordingStarted():
                written.recordings[event.recording_id] = {
                    "recording_id": event.recording_id, "call_id": event.call_id, "agent": event.agent_id,
                    "file": event.file, "started_at": at, "duration_s": None, "channels": event.channels,
                }  # fmt: skip
            case e.RecordingSaved():
                changes: dict[str, Any] = {"file": event.file, "duration_s": event.duration_s}
                if event.started_utc is not None:
                    changes["started_at"] = event.started_utc
                written.recording_changes.append((event.recording_id, changes))
            case e.TaskMade():
                written.tasks[event.task_id] = {
                    "task_id": event.task_id, "what": event.kind, "call_id": event.call_id,
                    "number": event.number, "queue": event.queue, "reason": event.reason, "created_at": at,
                    "done_at": None,
                }  # fmt: skip
            case e.TaskClosed():
                written.task_changes.append((event.task_id, {"done_at": at}))
        fold = FOLDS.get(type(event))
        call_id = getattr(event, "call_id", None)
        if fold is None or call_id is None:
            return
        known = self._calls.get(call_id)
        if known is None:
            return  # an event about a call that is over and forgotten changes nothing that is shown
        fold(known, event, at)
        written.calls[call_id] = known
        if isinstance(event, e.SegmentStarted | e.SegmentEnded):
            _count(event, known, at, written)
        elif isinstance(event, e.AgentReleased) and event.talk_s:
            _count_talk(event, known, written)

    async def _match_customers(self, written: Written) -> None:
        unknown: dict[str, list[CallRecord]] = {}
        for call in written.calls.values():
            other = call.row["to_number" if call.row["direction"] == "out" else "from_number"]
            if call.row["customer_id"] is None and len(other) > 4:
                unknown.setdefault(other, []).append(call)
        if unknown:
            for number, customer_id in (await self._projection.customers_of(unknown)).items():
                for call in unknown[number]:
                    call.row["customer_id"] = customer_id


def _interval(entered_at: str) -> float:
    return datetime.fromisoformat(entered_at).timestamp() // INTERVAL_S * INTERVAL_S


def _count(event: e.SegmentStarted | e.SegmentEnded, call: CallRecord, at: float, written: Written) -> None:
    """A queue's segment counts in the quarter of an hour in which it was entered."""
    segment = call.part("segment", event.segment_id)
    if (
        event.queue is None
        or not event.place.startswith("queue:")
        or not segment
        or not segment["entered_at"]
    ):
        return
    begins_at = _interval(segment["entered_at"])
    if isinstance(event, e.SegmentStarted):
        written.count(event.queue, begins_at, "offered")
        written.count(event.queue, begins_at, "in_progress")
        return
    written.count(event.queue, begins_at, event.end_reason)
    written.count(event.queue, begins_at, "in_progress", -1)
    written.count(event.queue, begins_at, "wait_s", event.took_s)
    if event.in_time:
        written.count(event.queue, begins_at, "answered_in_time")
    if event.short:
        written.count(event.queue, begins_at, "abandoned_short")


def _count_talk(event: e.AgentReleased, call: CallRecord, written: Written) -> None:
    """Talking counts where the call waited for it."""
    queued = [one for _, one in call.of("segment") if one["place"].startswith("queue:") and one["entered_at"]]
    if queued:
        queue = queued[-1]["place"].removeprefix("queue:")
        written.count(queue, _interval(queued[-1]["entered_at"]), "talk_s", event.talk_s)
