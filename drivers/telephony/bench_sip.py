"""How many calls to 9101 one board answers and ends by itself in a second.

Starts a real board (signalling, media, writer) and calls it from a process of its own
that acknowledges and lets the board hang up. CPU is of each process, from /proc, as
percent of one core.
"""

import argparse
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Final

CALLS_A_SECOND: Final = {"small": (250, 500), "full": (250, 500, 750, 1000)}
READY_WAIT_S: Final = 15.0
LAST_WAIT_S: Final = 2.0
_SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"


def bench_sip(seconds: float, size: str) -> Iterator[dict[str, object]]:
    """One line a rate offered.

    Args:
        seconds: how long each rate is offered.
        size: "small" (250 and 500 calls/s) or "full" (up to 1,000).
    """
    for rate in CALLS_A_SECOND[size]:
        yield _measure(rate, seconds)


def _measure(rate: int, seconds: float) -> dict[str, object]:
    """One rate against a fresh board."""
    with tempfile.TemporaryDirectory() as folder:
        board = start_board(folder)
        try:
            ready = wait_ready(board)
            pids = dict(ready["pids"])  # type: ignore[call-overload]
            before = {name: cpu_s(pid) for name, pid in pids.items()}
            began_s = time.monotonic()
            caller = subprocess.run(
                [*caller_command(), "--target", str(ready["sip"]), f"--rate={rate}", f"--seconds={seconds}"],
                stdout=subprocess.PIPE, check=True,
            )  # fmt: skip
            took_s = time.monotonic() - began_s
            used = {name: cpu_s(pid) - before[name] for name, pid in pids.items()}
        finally:
            board.send_signal(signal.SIGTERM)
            board.wait()
            assert board.stderr is not None
            board.stderr.close()
    counted = json.loads(caller.stdout)
    percent = {f"{name}_cpu_percent": round(100 * spent_s / took_s, 1) for name, spent_s in used.items()}
    return {"case": "9101", "offered_calls_per_s": rate, **counted, **percent}


def caller_command() -> list[str]:
    return [sys.executable, "-m", "drivers.telephony.bench_sip"]


def start_board(folder: str, channels: int = 120, peer: str = "") -> "subprocess.Popen[bytes]":
    """A board process of its own on free ports, which needs no server."""
    code = (
        "import sys; from drivers.telephony.host import BoardSettings, run; "
        "sys.exit(run(BoardSettings(sip_listen='127.0.0.1:0', test_numbers=True, recordings=sys.argv[1], "
        "prompts=sys.argv[1], rtp_ports='22000-23999', away_limit_s=0, channels=int(sys.argv[2]), "
        "bench_peer=sys.argv[3])))"
    )
    command = [sys.executable, "-c", code, folder, str(channels), peer]
    return subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)


def wait_ready(board: "subprocess.Popen[bytes]") -> dict[str, object]:
    """Wait for `board_ready`; then a drain keeps the pipe empty."""
    assert board.stderr is not None
    until_s = time.monotonic() + READY_WAIT_S
    for line in board.stderr:
        if line.startswith(b"{"):
            entry: dict[str, object] = json.loads(line)
            if entry.get("event") == "board_ready":
                # Logs go on: a file's worth of them must not stop the board.
                subprocess.Popen(["cat"], stdin=board.stderr, stdout=subprocess.DEVNULL)
                return entry
        if time.monotonic() > until_s:
            break
    raise RuntimeError("the board did not become ready")


def cpu_s(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ------------------------------------------------------------------ the caller


class Caller:
    """Calls at an even rate from one socket and counts what was answered and hung up."""

    def __init__(self, target: tuple[str, int], rate: float) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.connect(target)
        self._socket.setblocking(False)
        self._here = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._there, self._rate = f"{target[0]}:{target[1]}", rate
        self._started: dict[str, float] = {}
        self.placed = self.answered = self.ended = 0
        self.setup_s: list[float] = []

    def run(self, seconds: float) -> None:
        begun_s = time.monotonic()
        with selectors.DefaultSelector() as ready:
            ready.register(self._socket, selectors.EVENT_READ)
            while (now_s := time.monotonic()) < begun_s + seconds + LAST_WAIT_S:
                if now_s < begun_s + seconds:
                    while self.placed < (now_s - begun_s) * self._rate:
                        self._call()
                elif self.ended >= self.placed:
                    break
                if ready.select(1 / self._rate):
                    self._take()
        self._socket.close()

    def _call(self) -> None:
        self.placed += 1
        name = str(self.placed)
        self._started[name] = time.monotonic()
        self._send("INVITE", name, "", "Content-Type: application/sdp\r\n", _SDP)

    def _send(self, method: str, name: str, to_tag: str, extra: str = "", body: str = "") -> None:
        text = (
            f"{method} sip:9101@{self._there} SIP/2.0\r\nVia: SIP/2.0/UDP {self._here};branch=z9hG4bK{method}{name}\r\n"
            f"From: <sip:bench@{self._here}>;tag={name}\r\nTo: <sip:9101@{self._there}>{to_tag}\r\n"
            f"Call-ID: {name}@bench{self._here}\r\nCSeq: 1 {method}\r\nContact: <sip:bench@{self._here}>\r\n"
            f"Max-Forwards: 70\r\n{extra}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        self._socket.send(text.encode())

    def _take(self) -> None:
        while True:
            try:
                text = self._socket.recv(65535).decode("latin-1")
            except BlockingIOError:
                return
            fields = dict(line.split(": ", 1) for line in text.partition("\r\n\r\n")[0].split("\r\n")[1:])
            name = fields["Call-ID"].partition("@")[0]
            if text.startswith("SIP/2.0 200") and fields["CSeq"].endswith("INVITE"):
                self.answered += name in self._started
                if name in self._started:
                    self.setup_s.append(time.monotonic() - self._started.pop(name))
                self._send("ACK", name, ";tag=" + fields["To"].partition(";tag=")[2])
            elif text.startswith("BYE"):
                self.ended += 1
                copied = "".join(
                    f"{key}: {fields[key]}\r\n" for key in ("Via", "From", "To", "Call-ID", "CSeq")
                )
                self._socket.send(f"SIP/2.0 200 OK\r\n{copied}Content-Length: 0\r\n\r\n".encode())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args()
    host, _, port = given.target.rpartition(":")
    caller = Caller((host, int(port)), given.rate)
    caller.run(given.seconds)
    setup = sorted(caller.setup_s) or [float("nan")]
    print(
        json.dumps(
            {
                "answered_calls_per_s": round(caller.answered / given.seconds, 1),
                "placed": caller.placed,
                "answered": caller.answered,
                "ended": caller.ended,
                "setup_p50_ms": round(1000 * setup[len(setup) // 2], 2),
                "setup_p99_ms": round(1000 * setup[len(setup) * 99 // 100], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
