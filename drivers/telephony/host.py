"""A board's signalling process: the composition root that joins SIP, media, writer and server.

Owns the sockets, the clock, the child processes and their ends. Decides nothing about
calls (board/board.py does) and touches no sample (the media process does).
"""

import asyncio
import fcntl
import gc
import json
import os
import random
import secrets
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drivers.protocol import telephony as t
from drivers.telephony.board.board import Board, Log
from drivers.telephony.board.dialog_file import DialogFile
from drivers.telephony.board.media import Media, with_spare
from drivers.telephony.board.obey import Obedience
from drivers.telephony.board.ports import PortPool
from drivers.telephony.board.process_link import ProcessLink
from drivers.telephony.board.prompts import PromptStore
from drivers.telephony.board.recordings import Recordings
from drivers.telephony.board.settings import (
    BoardSettings,
    NumberSettings,
    PhoneSettings,
    TrunkSettings,
    listen_address,
    port_range,
)
from drivers.telephony.board_link import BoardLink
from drivers.telephony.exchange import control as c
from drivers.telephony.exchange.processes import SoundProcesses, start_processes
from drivers.telephony.simulated_socket import BoardSocket
from drivers.telephony.sip import cause as causes
from drivers.telephony.sip.timers import Wheel
from drivers.telephony.sip.transport import UdpTransport
from drivers.telephony.sip.uri import Address, sendable_host

__all__ = ["BoardSettings", "Host", "NumberSettings", "PhoneSettings", "TrunkSettings", "run"]

RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "prompts"
END_WAIT_S = 2.0
KEPT_EVENTS = 200_000
RESOLVE_EVERY_S = 60.0
MEDIA_BEGINS_S = 30.0
WRITER_WAIT_S = 5.0
WRITER_AGAIN_S = 1.0  # one that dies at once is not started more often


def json_log(event: str, *, level: str = "info", **fields: object) -> None:
    """One JSON line on stderr, as CONTRACT describes."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = json.dumps({"at": now, "level": level, "event": event, **fields}, ensure_ascii=False, default=str)
    print(line, file=sys.stderr, flush=True)


class Host:
    """One running board."""

    def __init__(self, settings: BoardSettings, loop: asyncio.AbstractEventLoop, log: Log) -> None:
        self.settings, self._loop, self.log = settings, loop, log
        self.done = asyncio.Event()
        self._closing = False
        self._dropping = False
        self._writer_renewed_s = -WRITER_AGAIN_S
        self._last_away_s = loop.time()
        self.wheel = Wheel(loop.time())
        self.wheel.on_sooner = self._set_alarm
        self._alarm: asyncio.TimerHandle | None = None
        self.transport = UdpTransport(listen_address(settings.sip_listen), self._received, self.fault)
        self._processes: SoundProcesses | None = None
        self._media_ready = asyncio.Event()
        self._media_lost = False  # and not back yet
        self._media_link: ProcessLink | None = None
        self._writer_link: ProcessLink | None = None
        host = self.transport.address[0]
        first, last = port_range(settings.rtp_ports)
        ports = PortPool(host, first, last, self._hand_over)
        prompts = PromptStore([Path(settings.prompts), RESOURCES])
        self._prompts = prompts
        media = Media(
            channels=settings.channels, wheel=self.wheel, send=self._to_media, ports=ports, prompts=prompts,
            on_load=self._on_load, on_recorded=lambda rec, samples: None,
            on_ready=self._on_media_ready,
        )  # fmt: skip
        recordings = Recordings(Path(settings.recordings), self._to_media, self._to_writer, time.time)
        dialogs = DialogFile(_dialogs_path(settings))
        self.link = BoardLink(self._hello, self._snapshot, self._obey, self._on_attached)
        self.board = Board(
            settings, wheel=self.wheel, send=self.transport.send, sip_address=self._known_as(), media=media,
            recordings=recordings, dialogs=dialogs, emit=self._emit, log=log, utc=time.time,
            token=lambda: secrets.token_hex(8), random=random.random,
        )  # fmt: skip
        self._do = Obedience(self.board)
        self._socket: BoardSocket | None = None
        self._lock: int | None = None

    def _known_as(self) -> Address:
        """Our address as others can use it: bound to every interface, that of the default route."""
        host, port = self.transport.address
        if host != "0.0.0.0":
            return host, port
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))  # sends nothing; only a route is chosen
                return str(probe.getsockname()[0]), port
            except OSError:
                return "127.0.0.1", port

    # ---------------------------------------------------------------- begin

    async def start(self) -> None:
        """Be reachable: media, SIP, server socket; then `board_ready`."""
        path = _unix_path(self.settings.address)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _take_lock(path.with_name(path.name + ".lock"))
            path.unlink(missing_ok=True)
        self._start_media()
        # Before the first call: a caller must not speak or press keys to a process still waking up.
        await self._media_begun()
        left = self.board.dialogs.open()
        self.transport.start(self._loop)
        self.board.send_left_byes(left)
        await self._resolve_trunks()
        for trunk in self.board.trunks.values():
            trunk.start()
        self._every(RESOLVE_EVERY_S, lambda: self._loop.create_task(self._resolve_trunks()))
        self._every(60.0, self.board.calm)
        if path is not None:
            self._socket = BoardSocket(self.link, str(path))
            await self._socket.serve()
        if self.settings.away_limit_s:
            self._every(1.0, self._watch_away)
        sip = f"{self.transport.address[0]}:{self.transport.address[1]}"
        self.log("board_ready", board=self.settings.name, boot_id=self.board.boot_id, sip=sip, pids=self.pids)

    @property
    def pids(self) -> dict[str, int]:
        found = {"signalling": os.getpid()}
        if self._processes is not None:
            found |= {"media": self._processes.media.pid, "writer": self._processes.writer.pid}
        return found

    def _start_media(self) -> None:
        processes = self._processes = start_processes(
            with_spare(self.settings.channels), self.settings.channels
        )
        self._prompts.use(self._add_sound)
        self._media_link = ProcessLink(
            processes.media_socket, self._loop, c.unpack_reports, self._on_report, self._on_media_lost
        )
        self._link_writer(processes)

    async def _media_begun(self) -> None:
        """Raises OSError when media does not tick in time."""
        try:
            await asyncio.wait_for(self._media_ready.wait(), MEDIA_BEGINS_S)
        except TimeoutError:
            raise OSError(f"media did not begin within {MEDIA_BEGINS_S:g} s") from None

    def _link_writer(self, processes: SoundProcesses) -> None:
        self._writer_link = ProcessLink(
            processes.writer_socket, self._loop, c.unpack_writer_reports, self.board.on_writer,
            lambda: self._on_writer_lost(processes),
        )  # fmt: skip

    def _add_sound(self, samples: npt.NDArray[np.int16]) -> int:
        assert self._processes is not None
        message = self._processes.sounds.add(samples)
        self._to_media(message)
        return message.sound

    # ------------------------------------------------------------- the clock

    def _set_alarm(self) -> None:
        next_s = self.wheel.next_s()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if next_s is not None:
            self._alarm = self._loop.call_at(next_s, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        try:
            self.wheel.advance(self._loop.time())
        except Exception as error:
            self.fault("timer", error)
        self._set_alarm()

    def _every(self, seconds: float, act: Callable[[], object]) -> None:
        def turn() -> None:
            act()
            self.wheel.after(seconds, turn)

        self.wheel.after(seconds, turn)

    # ------------------------------------------------------------------- in

    def _received(self, data: bytes, source: Address) -> None:
        self.wheel.now_s = max(self.wheel.now_s, self._loop.time())
        self.board.agent.layer.receive(data, source)

    def _on_report(self, report: c.AnyReport) -> None:
        self.wheel.now_s = max(self.wheel.now_s, self._loop.time())
        try:
            self.board.media.report(report)
        except Exception as error:
            self.fault("media_report", error)

    def _obey(self, command: t.AnyDown) -> None:
        self.wheel.now_s = max(self.wheel.now_s, self._loop.time())
        self._do(command)

    def _on_attached(self, there: bool) -> None:
        self.wheel.now_s = max(self.wheel.now_s, self._loop.time())
        self._last_away_s = self._loop.time()
        self.board.server_is(there)

    def fault(self, where: str, error: BaseException) -> None:
        """A bug of ours: it is told, and the board lives on."""
        text = "".join(traceback.format_exception(error))
        self.log(
            "internal_error",
            level="error",
            type=type(error).__name__,
            where=where,
            command="",
            traceback=text,
        )

    # ------------------------------------------------------------------ out

    def _to_media(self, message: object) -> None:
        if self._media_link is not None:
            self._media_link.send(message)  # type: ignore[arg-type]

    def _to_writer(self, message: object) -> None:
        if self._writer_link is not None:
            self._writer_link.send(message)  # type: ignore[arg-type]

    def _hand_over(self, number: int, port: int, fd: int) -> None:
        if self._media_link is not None:
            self._media_link.send_socket(c.AddSocket(sock=number, port=port), fd)

    def _emit(self, event: t.AnyUp) -> None:
        if isinstance(event, t.ServiceEnded) and self.link.last_seq - self.link.acked >= KEPT_EVENTS:
            # Test calls without a server must not eat the memory of real ones.
            if not self._dropping:
                self.log("events_dropped", level="error", kept=KEPT_EVENTS)
            self._dropping = True
            return
        self._dropping = False
        self.link.emit(event, self._loop.time())

    def _on_load(self, stats: c.TickStats) -> None:
        if stats.refused:
            self.log(
                "packets_refused", level="warning", packets=stats.refused, reason="not signed by the desk"
            )
        self.link.tell_load(
            t.Load(
                in_use=self.board.media.in_use, ticks_late=stats.late, tick_p50_s=stats.p50_ms / 1000,
                tick_p99_s=stats.p99_ms / 1000, tick_max_s=stats.max_ms / 1000, pids=self.pids,
            )
        )  # fmt: skip

    def _hello(self) -> t.Hello:
        return t.Hello(
            board=self.settings.name, boot_id=self.board.boot_id, channels=self.settings.channels,
            board_s=self._loop.time(), pids=self.pids,
        )  # fmt: skip

    def _snapshot(self) -> t.Snapshot:
        return self.board.snapshot(self.link.last_seq, self.link.acked)

    # -------------------------------------------------------------- misfortune

    def _on_media_lost(self) -> None:
        if self._closing:
            return
        self.log("device_lost", level="error", device="media", board=self.settings.name)
        self._emit(t.LineAlarm(line="media", raised=True, reason="the media process ended"))
        self._media_lost = True
        old = self._processes
        old_writer = self._writer_link
        self.board.media_lost()  # also asks the old writer to finish its files
        if old_writer is not None:
            old_writer.flush()
            self.wheel.after(WRITER_WAIT_S, old_writer.close)
        if old is not None:
            old.media.kill()
            self.wheel.after(WRITER_WAIT_S + 1.0, old.reap)
        self._media_ready.clear()
        self._start_media()

    def _on_media_ready(self) -> None:
        """Ticks have begun; the first ones of all are what `start` waits for."""
        self._media_ready.set()
        if self._media_lost:
            self._media_lost = False
            self._emit(t.LineAlarm(line="media", raised=False, reason=""))
            self.log("device_back", device="media", board=self.settings.name, pids=self.pids)

    def _on_writer_lost(self, processes: SoundProcesses) -> None:
        if self._closing or processes is not self._processes:
            return
        self.log("device_lost", level="error", device="writer", board=self.settings.name)
        self._emit(t.LineAlarm(line="recorder", raised=True, reason="the writer process ended"))
        self._writer_link = None
        now_s = self._loop.time()
        wait_s = max(0.0, self._writer_renewed_s + WRITER_AGAIN_S - now_s)
        self.wheel.now_s = max(self.wheel.now_s, now_s)
        self.wheel.after(wait_s, lambda: self._renew_writer(processes))

    def _renew_writer(self, processes: SoundProcesses) -> None:
        """The ring outlives its writer: calls and their recordings go on."""
        if self._closing or processes is not self._processes:
            return
        self._writer_renewed_s = self._loop.time()
        processes.renew_writer()
        self._link_writer(processes)
        self.board.recordings.writer_back()
        self._emit(t.LineAlarm(line="recorder", raised=False, reason=""))
        self.log("device_back", device="writer", board=self.settings.name, pids=self.pids)

    def _watch_away(self) -> None:
        if not self.board.away or self._closing:
            return
        if self._loop.time() - self._last_away_s >= self.settings.away_limit_s:
            if not self.board.closing:
                self.log("no_server", level="warning", waited_s=self.settings.away_limit_s)
                self.board.closing = True
                self.board.end_all(causes.TEMPORARY_FAILURE, keep_talking=True)
            if not self.board.legs:
                self.done.set()

    async def _resolve_trunks(self) -> None:
        for trunk in self.board.trunks.values():
            host, port = listen_address(trunk.line.host)
            literal = sendable_host(host)
            if literal is not None:
                trunk.address = (literal, port)
                continue
            try:
                found = await self._loop.getaddrinfo(host, port, family=2, type=2)
                trunk.address = (str(found[0][4][0]), port)
            except OSError as error:
                self.log("trunk_unresolved", level="warning", trunk=trunk.line.name, reason=str(error))

    # ------------------------------------------------------------------ end

    async def stop(self) -> None:
        """End every call properly, then the processes."""
        self._closing = self.board.closing = True
        for trunk in self.board.trunks.values():
            trunk.stop()
        self.board.end_all(causes.TEMPORARY_FAILURE)
        until_s = self._loop.time() + END_WAIT_S
        while self.board.legs and self._loop.time() < until_s:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)  # the last BYEs, and events to the server
        if self._socket is not None:
            await self._socket.put_off("the board ends")
        self.transport.close()
        for link in (self._media_link, self._writer_link):
            if link is not None:
                link.detach()
        if self._processes is not None:
            self._processes.stop()
        self.board.dialogs.close()
        if self._alarm is not None:
            self._alarm.cancel()
        path = _unix_path(self.settings.address)
        if path is not None:
            path.unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
        self.log("board_ended", board=self.settings.name)


def run(settings: BoardSettings, *, log: Log = json_log) -> int:
    """Be a board until SIGTERM; 0, or 1 when it could not begin."""

    async def life() -> int:
        loop = asyncio.get_running_loop()
        try:
            host = Host(settings, loop, log)
            await host.start()
        except (OSError, BlockingIOError) as error:
            log("board_failed", level="error", board=settings.name, reason=str(error))
            return 1
        loop.set_exception_handler(
            lambda _loop, context: host.fault(
                "loop", context.get("exception") or RuntimeError(context["message"])
            )
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, host.done.set)
        # Calls are many and short-lived but rarely in cycles: look for cycles seldom.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        await host.done.wait()
        await host.stop()
        return 0

    return asyncio.run(life())


def _unix_path(address: str) -> Path | None:
    return Path(address.removeprefix("unix:")) if address.startswith("unix:") else None


def _dialogs_path(settings: BoardSettings) -> Path | None:
    if settings.dialogs_file:
        return Path(settings.dialogs_file)
    path = _unix_path(settings.address)
    return path.with_name(path.name + ".dialogs") if path is not None else None


def _take_lock(path: Path) -> int:
    """Held as long as the board lives; a second board on the same socket does not begin."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock
