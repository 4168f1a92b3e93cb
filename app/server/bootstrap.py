"""Composition root of the server: opens everything in the order a restart needs.

The journal first, then the boards: callers wait for nothing else. The records and the
doors (a second of imports) come after, in `app.server.doors`, while the floor already
decides.
"""

import asyncio
import contextlib
import gc
import importlib
import signal
import time
import zoneinfo
from collections.abc import Awaitable
from typing import Any

from app.domain.inputs import ServerStarted, ServerWasAway
from app.server import call_log, log, metrics, settings
from app.server.board_processes import keep_running
from app.server.boards import BoardSide
from app.server.bus import Bus
from app.server.centre import Centre
from app.server.clock import FloorClock
from app.server.days import Days
from app.server.journal.commits import Commits
from app.server.journal.history import Gap
from app.server.journal.segments import JournalDamaged
from app.server.live import Live
from app.server.lookups import Lookups
from app.server.obedience import Obedience
from app.server.plan import VERSION, BoardPlan, CannotStart, Plan
from app.server.pops import Pops
from app.server.recovery import SNAPSHOT_EVERY, Recovered, recover, take
from app.server.timers import Timers
from drivers.telephony.remote import RemoteBoard

__all__ = ["BoardPlan", "CannotStart", "Plan", "serve"]


async def serve(plan: Plan) -> int:
    """Run until SIGTERM or SIGINT."""
    log.take_over_logging()
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, ending.set)
    server = Server(plan)
    try:
        await server.start()
        await ending.wait()
        await server.drain()
    finally:
        await server.stop()
    return 0


class Server:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._tasks: list[asyncio.Task[Any]] = []
        self._pops = Pops()
        self._sides: list[BoardSide] = []
        self._stack = contextlib.AsyncExitStack()

    # -------------------------------------------------------------- start

    async def start(self) -> None:
        began = time.monotonic()
        state = self._recover()
        clock = FloorClock(state.last_now_s, state.last_at_utc)
        calls = len(state.floor.call_rows())
        self._commits = Commits(
            self._plan.journal, state.last_seq + 1, metrics.journal_commit, self._journal_state
        )
        self._stack.push_async_callback(self._commits.close)
        self._bus = Bus(state.floor, self._commits, clock, state.last_seq + 1)
        self._live = Live(self._bus, self._pops.on_offer)
        self._live.start(state.last_seq, state.told)
        obedience = Obedience(self._bus, state.answers)
        site = self._plan.configuration.site
        self._centre = Centre(self._bus, self._commits, self._live, obedience, self._plan.run_folder, site)
        self._centre.pops = self._pops.kept
        self._bus.listen(call_log.write)
        lookups = Lookups(self._bus)
        self._bus.after_each(lambda: self._snapshot(state))
        epoch = self._bus.next_seq
        self._tell_start(state, clock)
        if state.configuration:
            self._start_boards(state, epoch)
        # In a thread, so that the floor goes on deciding meanwhile.
        late = await asyncio.to_thread(importlib.import_module, "app.server.doors")
        doors = late.Doors(self._plan, self._centre, self._pops, lookups, self._run)
        self._stack.push_async_callback(doors.close)
        users = await doors.open_records()
        settings.tell(self._bus, settings.wanted(self._plan.configuration, users), state.configuration)
        if not self._sides:
            self._start_boards(state, epoch)
        await doors.open()
        if state.last_seq:
            took_s = round(time.monotonic() - began, 3)
            self._centre.recovered = {"calls": calls, "took_s": took_s}
            log.log("info", "server_recovered", calls=calls, took_s=took_s, seq=state.last_seq)
        gc.collect()
        gc.freeze()
        log.log("info", "server_ready", listen=self._plan.configuration.server.listen)

    def _recover(self) -> Recovered:
        self._plan.journal.mkdir(parents=True, exist_ok=True)
        try:
            return recover(self._plan.journal)
        except (JournalDamaged, Gap) as damage:
            raise CannotStart(str(damage)) from None

    def _tell_start(self, state: Recovered, clock: FloorClock) -> None:
        at_utc = clock.at_utc()
        self._bus.put(
            ServerStarted(code=VERSION, tzdata=zoneinfo.TZPATH[0] if zoneinfo.TZPATH else "", at_utc=at_utc)
        )
        if state.last_at_utc is not None:
            until_s = state.last_now_s + clock.away_s
            self._bus.put(ServerWasAway(from_s=state.last_now_s, until_s=until_s))
        days = Days(self._bus, self._plan.configuration.site.time_zone)
        days.begin()
        self._run(days.run())
        Timers(self._bus).start()
        self._run(self._live.run())
        self._run(metrics.watch_loop())

    def _start_boards(self, state: Recovered, epoch: int) -> None:
        for plan in self._plan.boards:
            acked = state.acked.get(plan.name, {})
            side = BoardSide(plan.name, self._bus, epoch, acked, self._plan.configuration.site.country)
            side.on_pids = self._centre.write_board_pids
            self._centre.boards[plan.name] = side
            self._centre.channels[plan.name] = plan.channels
            self._sides.append(side)
            side.use(RemoteBoard(plan.address, side))
            log_file = self._plan.folder / "log" / f"{plan.name}.log"
            self._run(keep_running(plan.name, plan.lock, plan.command, log_file, _linked(side)))

    # ---------------------------------------------------------------- end

    async def drain(self) -> None:
        """Let calls finish, at most as long as was asked for."""
        until = time.monotonic() + self._plan.drain_s
        while time.monotonic() < until and self._bus.floor.call_rows():
            await asyncio.sleep(0.1)

    async def stop(self) -> None:
        for side in self._sides:
            await side.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    # ------------------------------------------------------------- inside

    def _run(self, work: Awaitable[Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        task.add_done_callback(_report)
        self._tasks.append(task)
        return task

    def _journal_state(self, state: str, reason: str) -> None:
        self._centre.journal_state(state, reason)
        log.log("error" if state == "stuck" else "warning", "journal_state", state=state, reason=reason)

    def _snapshot(self, state: Recovered) -> None:
        """Every so many records, keep the folded state beside the journal."""
        seq = self._bus.next_seq - 1
        if seq % SNAPSHOT_EVERY:
            return
        state.last_seq, state.last_now_s, state.last_at_utc = seq, self._bus.clock.now_s(), time.time()
        write = take(state)
        asyncio.get_running_loop().call_later(5.0, write, self._plan.journal)


def _linked(side: BoardSide) -> Any:
    return lambda: side.connected


def _report(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.internal_error(task.exception() or RuntimeError(), "server task")
