"""A real board process on free ports, its log, and the server's end of its socket: for tests with real peers."""

import contextlib
import json
import queue
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from drivers.protocol import telephony as t

_START = (
    "import sys, msgspec; from drivers.telephony.host import BoardSettings, run; "
    "sys.exit(run(msgspec.json.decode(sys.argv[1].encode(), type=BoardSettings)))"
)


def free_port() -> int:
    """A UDP port nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveBoard:
    """`events` come from the board protocol, attached at once; `log` holds the board's JSON lines."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.peer_port = free_port()
        given = {
            "sip_listen": "127.0.0.1:0", "test_numbers": True, "recordings": str(folder / "recordings"),
            "prompts": str(folder / "prompts"), "rtp_ports": "20000-22999", "address": f"unix:{folder}/board.sock",
            "bench_peer": f"127.0.0.1:{self.peer_port}", "away_limit_s": 0.0, **settings,
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(given)], stderr=subprocess.PIPE, start_new_session=True
        )
        self.log: list[dict[str, Any]] = []
        self.noise: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read_log)
        self._reader.start()
        if not self._ready.wait(20):
            self.close()
            raise RuntimeError("\n".join(self.noise))
        ready = next(line for line in self.log if line["event"] == "board_ready")
        self.sip, self.pids = str(ready["sip"]), dict(ready["pids"])
        self._events: queue.Queue[Any] = queue.Queue()
        self._commands = 0
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(f"{folder}/board.sock")
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        hello = self.event(t.Hello)
        self._put(t.Attach(epoch=1, acked=0, boot_id=hello.boot_id))

    def event(self, kind: type[Any], timeout_s: float = 15.0) -> Any:
        """The next event of a kind; others before it are dropped."""
        until_s = time.monotonic() + timeout_s
        while True:
            found = self._events.get(timeout=max(0.01, until_s - time.monotonic()))
            if isinstance(found, kind):
                return found

    def do(self, kind: Any, **fields: Any) -> None:
        """Send a command."""
        self._commands += 1
        self._put(kind(epoch=1, command_id=str(self._commands), **fields))

    def said(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log if line["event"] == event]

    def close(self) -> None:
        """SIGTERM and its consequences."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        if hasattr(self, "_socket"):
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._listener.join(5)
            self._socket.close()

    def _put(self, message: Any) -> None:
        body = msgspec.json.encode(message)
        self._socket.sendall(struct.pack(">I", len(body)) + body)

    def _listen(self) -> None:
        file = self._socket.makefile("rb")
        decode = msgspec.json.Decoder(t.FromBoard).decode
        with file, contextlib.suppress(OSError):
            while len(head := file.read(4)) == 4:
                message = decode(file.read(struct.unpack(">I", head)[0]))
                if isinstance(message, t.Up):
                    self._put(t.Ack(seq=message.seq))
                self._events.put(message)

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for raw in lines:
                text = raw.decode(errors="replace")
                try:
                    self.log.append(json.loads(text))
                except ValueError:
                    self.noise.append(text)
                if '"board_ready"' in text:
                    self._ready.set()


def _is_bound(port: int) -> bool:
    """Whether somebody listens on this UDP port, as the kernel knows it."""
    rows = Path("/proc/net/udp").read_text().splitlines()[1:]
    return any(row.split()[1].endswith(f":{port:04X}") for row in rows)


def _wait_bound(process: "subprocess.Popen[bytes]", port: int, timeout_s: float = 20.0) -> None:
    until_s = time.monotonic() + timeout_s
    while not _is_bound(port):
        if process.poll() is not None or time.monotonic() > until_s:
            assert process.stdout is not None
            process.kill()
            raise RuntimeError(
                f"sipp does not listen: {process.stdout.read().decode(errors='replace')[-1500:]}"
            )
        time.sleep(0.02)


@contextlib.contextmanager
def sipp(*arguments: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A sipp process that is ended at the end, whatever happens;
    a called one (`-sn uas -p PORT`) listens when this begins.
    """
    program = shutil.which("sipp")
    assert program is not None
    if "-mp" not in arguments:  # 6000 is every sipp's first choice
        arguments = (*arguments, "-mp", str(free_port()))
    process = subprocess.Popen(
        [program, *arguments, "-i", "127.0.0.1", "-nostdin", "-trace_err"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        if "-sn" in arguments and arguments[arguments.index("-sn") + 1] == "uas":
            _wait_bound(process, int(arguments[arguments.index("-p") + 1]))
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def run_sipp(*arguments: str, folder: Path, timeout_s: float = 40.0) -> str:
    """Run sipp to its end; its screen, or an AssertionError with it when a call failed."""
    with sipp(*arguments, folder=folder) as process:
        output, _ = process.communicate(timeout=timeout_s)
    text = output.decode(errors="replace")
    errors = "\n".join(path.read_text(errors="replace")[-2000:] for path in folder.glob("*errors.log"))
    assert process.returncode == 0, text[-1500:] + errors
    return text
