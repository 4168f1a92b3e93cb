"""Measure the media process under full load: bridged calls, every one recorded, digits on.

A real media and a real writer process; the far ends are a process of their own that sends
every channel's packet each 20 ms and takes the kernel's arrival times of what comes back.
"""

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from .exchange import control
from .exchange.addresses import Addresses
from .exchange.datagrams import Datagrams
from .exchange.packets import PACKET_BYTES, Outgoing
from .exchange.processes import SoundProcesses, send_messages, send_sockets, start_processes
from .sound import g711
from .sound.rtp import FRAME_SAMPLES, HEADER_BYTES, parse_rows, signed_16, write_headers
from .sound.tones import digit_frames

CALLS: Final = {"small": 60, "full": 240}
FAR_SOCKETS: Final = 16
SHARED_SOCKETS: Final = 32
PHASES: Final = 4  # the far ends are four crowds, 5 ms apart
DIGIT_EVERY_TICKS: Final = 100
WARM_UP_S: Final = 2.0
LOOPBACK: Final = 0x7F000001


def bench_exchange(seconds: float, size: str) -> Iterator[dict[str, object]]:
    """One line for shared sockets, one for a socket a channel, one for their ratio.

    Args:
        seconds: measured time of each case, after 2 s of warming up.
        size: "small" (60 calls) or "full" (240 calls, 480 channels).
    """
    calls = CALLS[size]
    _allow_sockets()
    shared = _measure("shared_sockets", calls, SHARED_SOCKETS, seconds)
    yield shared
    own = _measure("socket_per_channel", calls, 2 * calls, seconds)
    yield own
    ratio = float(str(own["media_cpu_percent"])) / max(0.1, float(str(shared["media_cpu_percent"])))
    yield {"case": "own_over_shared", "calls": calls, "media_cpu_ratio": round(ratio, 2)}


def _allow_sockets() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _bound(count: int) -> list[socket.socket]:
    sockets = []
    for _ in range(count):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        sockets.append(sock)
    return sockets


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _measure(case: str, calls: int, sockets: int, seconds: float) -> dict[str, object]:
    channels = 2 * calls
    media_sockets, far_sockets = _bound(sockets), _bound(FAR_SOCKETS)
    media_ports = [s.getsockname()[1] for s in media_sockets]
    far_ports = [s.getsockname()[1] for s in far_sockets]
    where = [(ch % sockets, ch // sockets % FAR_SOCKETS) for ch in range(channels)]
    processes = start_processes(channels, calls)
    with tempfile.TemporaryDirectory(prefix="zongji-bench-") as folder:
        try:
            send_sockets(processes.media_socket, enumerate(media_sockets))
            _bridge(processes, channels, where, far_ports, folder)
            told = _Told(
                fds=[s.fileno() for s in far_sockets],
                far=[far for _, far in where],
                ports=[media_ports[sock] for sock, _ in where],
                seconds=seconds,
            )
            as_text = msgspec.json.encode(told).decode()
            command = [sys.executable, "-m", "drivers.telephony.bench_exchange", as_text]
            far_end = subprocess.Popen(command, pass_fds=told.fds, stdout=subprocess.PIPE)
            return {"case": case, "calls": calls, "sockets": sockets} | _watch(processes, far_end, seconds)
        finally:
            processes.stop()
            for sock in media_sockets + far_sockets:
                sock.close()


def _bridge(
    processes: SoundProcesses, channels: int, where: list[tuple[int, int]], far_ports: list[int], folder: str
) -> None:
    orders: list[control.AnyControl] = []
    files: list[control.AnyWriterControl] = []
    for ch, (sock, far) in enumerate(where):
        orders += [
            control.OpenChannel(ch=ch, gen=1, sock=sock),
            control.SetRemote(ch=ch, gen=1, host="127.0.0.1", port=far_ports[far]),
            control.SetRoom(ch=ch, gen=1, room=1 + ch // 2),
        ]
        if ch % 2 == 0:
            orders.append(control.StartRecorder(rec=ch, ch=ch, gen=1))
            files.append(control.WriterOpen(rec=ch, path=f"{folder}/{ch}.wav"))
    send_messages(processes.writer_socket, files)
    send_messages(processes.media_socket, orders)


def _watch(processes: SoundProcesses, far_end: subprocess.Popen[bytes], seconds: float) -> dict[str, object]:
    time.sleep(WARM_UP_S)
    _reports(processes.media_socket)
    began_s, media_s, writer_s = time.monotonic(), _cpu_s(processes.media.pid), _cpu_s(processes.writer.pid)
    stats: list[control.TickStats] = []
    digits = 0
    while time.monotonic() < began_s + seconds:
        time.sleep(0.2)
        for report in _reports(processes.media_socket):
            if isinstance(report, control.TickStats):
                stats.append(report)
            digits += isinstance(report, control.Digit)
    took_s = time.monotonic() - began_s
    media_percent = 100 * (_cpu_s(processes.media.pid) - media_s) / took_s
    writer_percent = 100 * (_cpu_s(processes.writer.pid) - writer_s) / took_s
    output, _ = far_end.communicate()
    return {
        "seconds": round(took_s, 1),
        "media_cpu_percent": round(media_percent, 1),
        "writer_cpu_percent": round(writer_percent, 1),
        "tick_p50_ms": round(float(np.median([s.p50_ms for s in stats])), 2),
        "tick_p99_ms": round(float(np.median([s.p99_ms for s in stats])), 2),
        "tick_max_ms": round(max(s.max_ms for s in stats), 2),
        "ticks_late": sum(s.late for s in stats),
        "ticks_skipped": sum(s.skipped for s in stats),
        "recorder_frames_dropped": sum(s.recorder_dropped for s in stats),
        "digits_found": digits,
        **json.loads(output),
    }


def _reports(sock: socket.socket) -> list[control.AnyReport]:
    found: list[control.AnyReport] = []
    while True:
        try:
            found += control.unpack_reports(sock.recv(control.LARGEST_DATAGRAM_BYTES))
        except BlockingIOError:
            return found


# --------------------------------------------------------------- the far ends


class _Told(msgspec.Struct):
    """What the far ends' process is told: its sockets, and for each channel which one sends where."""

    fds: list[int]
    far: list[int]
    ports: list[int]
    seconds: float


class _FarEnds:
    """All telephones of the bench: one packet each every 20 ms, sent in four crowds."""

    def __init__(self, fds: list[int], far: list[int], ports: list[int]) -> None:
        self._count = len(far)
        self._datagrams = Datagrams(self._count)
        for number, fd in enumerate(fds):
            self._datagrams.add(number, fd)
        self._addresses = Addresses(self._count)
        self._addresses.sock[:], self._addresses.port[:] = far, ports
        self._addresses.ip[:] = LOOPBACK
        self._addresses.version += 1
        self._crowds = [np.arange(p, self._count, PHASES) for p in range(PHASES)]
        self._rows = np.zeros((self._count, PACKET_BYTES), np.uint8)
        self._length = np.full(self._count, PACKET_BYTES, np.int64)
        self._sound = _speech()
        self._last_s = np.zeros(self._count)
        self._last_seq = np.zeros(self._count, np.int64)
        self.missing = 0  # packets that never came back, by their sequence numbers
        self.gaps_s: list[NDArray[np.float64]] = []

    def send(self, tick: int, crowd: int) -> None:
        """One crowd's packets of this tick."""
        channels = self._crowds[crowd]
        rows = np.zeros((len(channels), PACKET_BYTES), np.uint8)
        of = np.full(len(channels), tick)
        write_headers(rows, of * 0 + g711.PCMA, of & 0xFFFF, of * FRAME_SAMPLES & 0xFFFF_FFFF, channels + 1)
        rows[:, HEADER_BYTES:] = self._sound[(tick + channels * 7) % len(self._sound)]
        self._rows[channels] = rows
        self._datagrams.send(Outgoing(channels, self._rows, self._length, []), self._addresses)

    def receive(self, measuring: bool) -> None:
        """Take what came; the time between two packets of a channel, by the kernel's clock."""
        packets = self._datagrams.receive()
        if not len(packets.rows):
            return
        headers = parse_rows(packets.rows, packets.length)
        channel = self._addresses.find(packets.sock, packets.ip, packets.port)
        # One after the other: a channel may have several in one look.
        order = np.flatnonzero(headers.good & (channel >= 0))
        order = order[np.argsort(channel[order], kind="stable")]
        owner, at_s, seq = channel[order], packets.at_s[order], headers.seq[order]
        first = np.diff(owner, prepend=-1) != 0
        before = np.where(first, self._last_s[owner], np.concatenate([[0.0], at_s[:-1]]))
        seq_before = np.where(first, self._last_seq[owner], np.concatenate([[0], seq[:-1]]))
        last = np.append(first[1:], True)
        self._last_seq[owner[last]] = seq[last]
        self._last_s[owner[last]] = at_s[last]
        if measuring:
            known = before > 0
            self.gaps_s.append((at_s - before)[known])
            self.missing += int((signed_16(seq - seq_before) - 1)[known].sum())


def _speech() -> NDArray[np.uint8]:
    """(ticks, 160) A-law: something like a voice, with the key 5 for 100 ms every 2 s."""
    time_s = np.arange(DIGIT_EVERY_TICKS * FRAME_SAMPLES) / 8000
    pitch = 120 + 30 * np.sin(2 * np.pi * 0.7 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch) / 8000
    voice = sum(np.sin(k * phase) / k for k in range(1, 12)) * (1 + np.sin(2 * np.pi * 2.5 * time_s))
    frames = (2500 * np.asarray(voice)).astype(np.int16).reshape(-1, FRAME_SAMPLES)
    frames[:5] = digit_frames(np.full(5, 5), np.arange(5)).astype(np.int16)
    return g711.encode(frames, g711.PCMA)


def _be_far_ends(told: _Told) -> dict[str, object]:
    far_ends = _FarEnds(told.fds, told.far, told.ports)
    until = WARM_UP_S + told.seconds
    start_s = time.monotonic()
    step = 0
    while step * 0.02 / PHASES < until:
        far_ends.receive(measuring=step * 0.02 / PHASES > WARM_UP_S)
        far_ends.send(step // PHASES, step % PHASES)
        step += 1
        rest_s = start_s + step * 0.02 / PHASES - time.monotonic()
        if rest_s > 0:
            time.sleep(rest_s)
    gaps_ms = np.concatenate(far_ends.gaps_s) * 1000
    names = {"gap_p50_ms": 50.0, "gap_p99_ms": 99.0, "gap_p999_ms": 99.9, "gap_max_ms": 100.0}
    figures: dict[str, object] = {k: round(float(np.percentile(gaps_ms, p)), 2) for k, p in names.items()}
    return figures | {"packets": len(gaps_ms), "packets_missing": far_ends.missing}


def main() -> int:
    """The far ends' process; its figures as JSON on stdout."""
    parser = argparse.ArgumentParser(description="Far ends of the exchange's bench (started by it).")
    parser.add_argument("told")
    _allow_sockets()
    print(json.dumps(_be_far_ends(msgspec.json.decode(parser.parse_args().told, type=_Told))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
