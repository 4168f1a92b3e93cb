"""What bridged calls notice while other calls are set up and dropped on the same board.

9110 calls go through a real board to a far end of ours; both sides' sound is one
process's (bench_exchange), which takes the kernel's arrival times of every packet.
One line without and one with calls to 9101 beside them; compare the two.
"""

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Final

from .bench_sip import caller_command, cpu_s, start_board, wait_ready

CALLS: Final = {"small": 60, "full": 240}
BESIDE_CALLS_PER_S: Final = {"small": 100, "full": 300}
FAR_SOCKETS: Final = 16
SETUP_CALLS_PER_S: Final = 60.0
SETUP_WAIT_S: Final = 20.0
FAR_WARM_UP_S: Final = 2.0  # bench_exchange.WARM_UP_S


def bench_bridged(seconds: float, size: str) -> Iterator[dict[str, object]]:
    """One line with the bridged calls alone, one with 9101 calls beside them.

    Args:
        seconds: measured time of each, after 2 s of warming up.
        size: "small" (60 bridged, 100 calls/s beside) or "full" (240 and 300).
    """
    for beside in (0, BESIDE_CALLS_PER_S[size]):
        yield _measure(CALLS[size], beside, seconds)


def _measure(calls: int, beside: int, seconds: float) -> dict[str, object]:
    far = [_bound() for _ in range(FAR_SOCKETS)]
    ends = Ends([_port(sock) for sock in far])
    with tempfile.TemporaryDirectory() as folder:
        board = start_board(folder, 2 * calls + 16, f"127.0.0.1:{_port(ends.peer)}")
        try:
            ready = wait_ready(board)
            ends.establish(str(ready["sip"]), calls)
            told = {
                "fds": [sock.fileno() for sock in far],
                "far": [number % FAR_SOCKETS for number in range(calls)] * 2,
                "ports": [ends.caller_ports[n] for n in range(calls)]
                + [ends.peer_ports[n] for n in range(calls)],
                "seconds": seconds,
            }
            pids = dict(ready["pids"])  # type: ignore[call-overload]
            before = {name: cpu_s(pid) for name, pid in pids.items()}
            began_s = time.monotonic()
            sound = subprocess.Popen(
                [sys.executable, "-m", "drivers.telephony.bench_exchange", json.dumps(told)],
                pass_fds=[sock.fileno() for sock in far], stdout=subprocess.PIPE,
            )  # fmt: skip
            counted = {}
            if beside:
                beside_s = seconds + FAR_WARM_UP_S
                others = subprocess.run(
                    [*caller_command(), f"--target={ready['sip']}", f"--rate={beside}", f"--seconds={beside_s}"],
                    stdout=subprocess.PIPE, check=True,
                )  # fmt: skip
                counted = {f"beside_{name}": value for name, value in json.loads(others.stdout).items()}
            output, _ = sound.communicate()
            took_s = time.monotonic() - began_s
            used = {name: cpu_s(pid) - before[name] for name, pid in pids.items()}
            lost = ends.take()
        finally:
            board.send_signal(signal.SIGTERM)
            board.wait()
            assert board.stderr is not None
            board.stderr.close()
            for sock in (*far, ends.peer, ends.caller):
                sock.close()
    percent = {f"{name}_cpu_percent": round(100 * spent_s / took_s, 1) for name, spent_s in used.items()}
    return {
        "case": "bridged", "calls": calls, "beside_calls_per_s": beside, "calls_lost": lost, **json.loads(output),
        **counted, **percent,
    }  # fmt: skip


def _bound() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return sock


def _port(sock: socket.socket) -> int:
    return int(sock.getsockname()[1])


class Ends:
    """Callers and called of the bridged calls, SIP only: call n is answered at once.

    caller_ports, peer_ports: the board's UDP port towards each side, by call number.
    """

    def __init__(self, sound_ports: list[int]) -> None:
        self._sound_ports = sound_ports
        self.caller, self.peer = _bound(), _bound()
        for sock in (self.caller, self.peer):
            sock.setblocking(False)
        self.caller_ports: dict[int, int] = {}
        self.peer_ports: dict[int, int] = {}
        self._known: dict[str, int] = {}

    def establish(self, board: str, calls: int) -> None:
        """Set all calls up, evenly.

        Raises:
            RuntimeError: they did not all come up within 20 s.
        """
        host, _, port = board.rpartition(":")
        began_s = time.monotonic()
        placed = 0
        while len(self.caller_ports) < calls or len(self.peer_ports) < calls:
            now_s = time.monotonic() - began_s
            if now_s > SETUP_WAIT_S:
                raise RuntimeError(f"{len(self.caller_ports)} of {calls} calls came up")
            # The next one when the one before is up: call n is then known to both sides as n.
            if placed < calls and placed < now_s * SETUP_CALLS_PER_S and placed == len(self.caller_ports):
                self._invite(placed, (host, int(port)))
                placed += 1
            self.take()
            time.sleep(0.001)

    def take(self) -> int:
        """Answer what has come; gives the number of calls that were hung up on us."""
        lost = 0
        for sock in (self.caller, self.peer):
            while True:
                try:
                    data, source = sock.recvfrom(65535)
                except BlockingIOError:
                    break
                lost += self._one(sock, data.decode("latin-1"), source)
        return lost

    def _one(self, sock: socket.socket, text: str, source: tuple[str, int]) -> int:
        head, _, body = text.partition("\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
        if head.startswith("SIP/2.0 200") and fields["CSeq"].endswith("INVITE"):
            number = int(fields["Call-ID"].partition("@")[0])
            self.caller_ports[number] = _sdp_port(body)
            self._send(sock, "ACK", number, source, ";tag=" + fields["To"].partition(";tag=")[2])
        elif head.startswith("INVITE"):
            number = len(self.peer_ports)
            if fields["Call-ID"] not in self._known:
                self._known[fields["Call-ID"]] = number
                self.peer_ports[number] = _sdp_port(body)
            self._answer(sock, fields, source, self._sdp(self._known[fields["Call-ID"]]))
        elif head.startswith("BYE"):
            self._answer(sock, fields, source, "")
            return 1
        return 0

    def _sdp(self, number: int) -> str:
        port = self._sound_ports[number % len(self._sound_ports)]
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 8\r\n"
        )

    def _invite(self, number: int, target: tuple[str, int]) -> None:
        self._send(self.caller, "INVITE", number, target, "", self._sdp(number))

    def _send(
        self,
        sock: socket.socket,
        method: str,
        number: int,
        target: tuple[str, int],
        to_tag: str,
        body: str = "",
    ) -> None:
        here = f"127.0.0.1:{_port(sock)}"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        text = (
            f"{method} sip:9110@{target[0]}:{target[1]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{method}{number}\r\nFrom: <sip:bridged@{here}>;tag={number}\r\n"
            f"To: <sip:9110@{target[0]}>{to_tag}\r\nCall-ID: {number}@{here}\r\nCSeq: 1 {method}\r\n"
            f"Contact: <sip:bridged@{here}>\r\nMax-Forwards: 70\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        sock.sendto(text.encode(), target)

    def _answer(
        self, sock: socket.socket, fields: dict[str, str], source: tuple[str, int], body: str
    ) -> None:
        tag = "" if ";tag=" in fields["To"] else ";tag=peer"
        kind = f"Contact: <sip:peer@127.0.0.1:{_port(sock)}>\r\n"
        kind += "Content-Type: application/sdp\r\n" if body else ""
        text = (
            f"SIP/2.0 200 OK\r\nVia: {fields['Via']}\r\nFrom: {fields['From']}\r\nTo: {fields['To']}{tag}\r\n"
            f"Call-ID: {fields['Call-ID']}\r\nCSeq: {fields['CSeq']}\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        sock.sendto(text.encode(), source)


def _sdp_port(body: str) -> int:
    return int(body.partition("m=audio ")[2].split()[0])
