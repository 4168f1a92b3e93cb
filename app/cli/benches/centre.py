"""A demo centre of a bench's own: started on free ports in a folder that goes with it."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from app.cli.demo_centre.site import free
from app.cli.errors import CommandFailed

READY_WITHIN_S, END_WITHIN_S, LOOK_S = 180.0, 30.0, 0.05
RTP_PORTS = 3000


class BenchCentre:
    """What the outside view tells of a running demo: demo.json and its log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read_bytes = 0

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "demo.json").read_text(encoding="utf-8"))
        return found

    @property
    def sip(self) -> tuple[str, int]:
        host, _, port = self.facts["sip"].rpartition(":")
        return host, int(port)

    def new_log_lines(self) -> list[dict[str, Any]]:
        """Whole lines written since the last call."""
        with (self.folder / "zongji.log").open("rb") as file:
            file.seek(self._read_bytes)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        return [row for line in whole.splitlines() if isinstance(row := _json(line), dict)]

    @asynccontextmanager
    async def agents(self, count: int, *options: str) -> AsyncIterator[Path]:
        """`./zongji agent` for a01…; gives the file their story is written to."""
        passwords, story = self.folder / "agents.passwords", self.folder / "agents.jsonl"
        users = self.facts["users"]
        passwords.write_text("".join(f"{name} {row['password']}\n" for name, row in users.items()))
        with story.open("wb") as out, (self.folder / "agents.err").open("wb") as err:
            process = _start(
                "agent", "--server", self.facts["http"], "--user", "a01", "--count", str(count),
                "--password-file", str(passwords), *options, out=out, err=err,
            )  # fmt: skip
        try:
            await self._until_ready(story, count, process)
            yield story
        finally:
            await _end(process)

    async def _until_ready(self, story: Path, count: int, process: "subprocess.Popen[bytes]") -> None:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + READY_WITHIN_S
        while len({row["agent"] for row in stories(story) if row["event"] == "ready"}) < count:
            if process.poll() is not None or loop.time() > until_s:
                raise CommandFailed(f"the agents are not ready: {(self.folder / 'agents.err').read_text()}")
            await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def bench_centre() -> AsyncIterator[BenchCentre]:
    """Raises CommandFailed when the demo does not come up."""
    with tempfile.TemporaryDirectory(prefix="zongji-bench-") as name:
        folder = Path(name) / "demo"
        http, sip = free(0, socket.SOCK_STREAM), free(0, socket.SOCK_DGRAM)
        first = min(sip // 2 * 2, 65000 - RTP_PORTS)
        sets = {
            "server.listen": f"127.0.0.1:{http}",
            "boards.0.sip_listen": f"127.0.0.1:{sip}",
            "media.rtp_ports": f"{first + 2}-{first + RTP_PORTS + 1}",
        }
        out = Path(name) / "demo.out"
        with out.open("wb") as written:
            process = _start(
                "demo", "--headless", f"--dir={folder}", "--agents=0", "--customers=0",
                *(f"--set={key}={value}" for key, value in sets.items()), out=written, err=written,
            )  # fmt: skip
        try:
            loop = asyncio.get_running_loop()
            until_s = loop.time() + READY_WITHIN_S
            while not (folder / "demo.json").exists():
                if process.poll() is not None or loop.time() > until_s:
                    raise CommandFailed(f"the demo did not come up: {out.read_text()[-1000:]}")
                await asyncio.sleep(LOOK_S)
            yield BenchCentre(folder)
        finally:
            await _end(process)


def stories(file: Path) -> list[dict[str, Any]]:
    """The agents' lines so far."""
    return [row for line in file.read_bytes().splitlines() if isinstance(row := _json(line), dict)]


def posix_s(at: str) -> float:
    """A stamp of a log or a story."""
    return datetime.fromisoformat(at).timestamp()


def percentile(values: list[float], percent: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))], 1) if ordered else None


def _json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _start(*words: str, out: Any, err: Any) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "app.cli", *words]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)


async def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.to_thread(process.wait, END_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
