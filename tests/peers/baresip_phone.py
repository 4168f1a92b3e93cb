"""A baresip telephone: dials, presses keys and hangs up as told; a file holds what it heard.

Told over its ctrl_tcp module (JSON in netstrings). The tone comes from its aufile source. Debian's
baresip 1.0 has no aufile player: aubridge drinks the sound and the sndfile filter writes it down.
"""

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MODULES = ("account", "g711", "aufile", "aubridge", "sndfile")


def two_free_tcp_ports() -> tuple[int, int]:
    """A port with a free one after it, as baresip takes for SIP and SIP over TLS; and one for control."""
    for _ in range(50):
        with socket.socket() as sip, socket.socket() as tls, socket.socket() as control:
            sip.bind(("127.0.0.1", 0))
            port = int(sip.getsockname()[1])
            with contextlib.suppress(OSError):
                tls.bind(("127.0.0.1", port + 1))
                control.bind(("127.0.0.1", 0))
                return port, int(control.getsockname()[1])
    raise RuntimeError("no free ports")


def write_configuration(folder: Path, account: str, tone: Path) -> int:
    """What baresip reads at its start; returns its control port."""
    folder.mkdir()
    sip, control = two_free_tcp_ports()
    (folder / "config").write_text(
        f"sip_listen 127.0.0.1:{sip}\nctrl_tcp_listen 127.0.0.1:{control}\nnet_interface 127.0.0.1\n"
        "module_path /usr/lib/baresip/modules\n"
        + "".join(f"module {name}.so\n" for name in MODULES)
        + "module_app menu.so\nmodule_app ctrl_tcp.so\n"
        f"audio_source aufile,{tone}\naudio_player aubridge,nobody\naudio_alert aubridge,nobody\n"
        f"ausrc_srate 8000\nauplay_srate 8000\nrtp_ports 23400-23440\nsnd_path {folder}\n"
    )
    (folder / "accounts").write_text(account + "\n")
    (folder / "contacts").write_text("")
    return control


class BaresipPhone:
    """One running baresip; `events` are all it told so far."""

    def __init__(self, folder: Path, control: socket.socket) -> None:
        self.events: list[dict[str, Any]] = []
        self._folder, self._control, self._unread = folder, control, b""

    def tell(self, command: str, params: str = "") -> None:
        body = json.dumps({"command": command, "params": params}).encode()
        self._control.sendall(b"%d:%b," % (len(body), body))

    def wait(self, kind: str, timeout_s: float = 10.0) -> dict[str, Any]:
        """The next event of a kind; others before it are passed over."""
        until_s = time.monotonic() + timeout_s
        while True:
            message = self._next(until_s)
            if "event" in message:
                self.events.append(message)
                if message.get("type") == kind:
                    return message

    def dial(self, number: str) -> None:
        """Call, and be answered."""
        for old in self._folder.glob("dump-*.wav"):
            old.unlink()
        self.tell("dial", number)
        self.wait("CALL_ESTABLISHED")

    def listen(self, seconds: float, timeout_s: float = 10.0) -> Path:
        """What this call hears, when it has lasted so long; the file is whole after the call."""
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            for file in self._folder.glob("dump-*-dec.wav"):
                if file.stat().st_size > seconds * 16000:
                    return file
            time.sleep(0.02)
        raise TimeoutError(f"less than {seconds} s of sound came; {self.events}")

    def _next(self, until_s: float) -> dict[str, Any]:
        while True:
            length, colon, rest = self._unread.partition(b":")
            if colon and len(rest) > int(length):
                self._unread = rest[int(length) + 1 :]
                return dict(json.loads(rest[: int(length)]))
            self._control.settimeout(max(0.01, until_s - time.monotonic()))
            received = self._control.recv(65536)
            if not received:
                raise ConnectionError(f"baresip is gone after {self.events}")
            self._unread += received


def _connected(process: "subprocess.Popen[bytes]", port: int, timeout_s: float = 10.0) -> socket.socket:
    until_s = time.monotonic() + timeout_s
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 1.0)
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > until_s:
                raise
            time.sleep(0.02)


@contextlib.contextmanager
def baresip(folder: Path, account: str, tone: Path) -> Iterator[BaresipPhone]:
    """A baresip that obeys; it is ended at the end, whatever happens.
    `trace` in the folder then holds its SIP messages and what it printed.
    """
    port = write_configuration(folder, account, tone)
    with (folder / "trace").open("wb") as trace:
        process = subprocess.Popen(
            ["baresip", "-4", "-s", "-f", str(folder), "-t", "60"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=trace, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        with _connected(process, port) as control:
            yield BaresipPhone(folder, control)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
