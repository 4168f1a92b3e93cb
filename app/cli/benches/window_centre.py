"""A demo of one's own with a real agent's window in it, for benches and pictures; gone when they are.

The window runs under an X server nobody sees (Xvfb), else on Qt's offscreen platform, with
settings, drafts and a voice of its own.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import httpx

from app.cli.configuration_file import load
from app.cli.demo_centre.process import end_pid
from app.cli.demo_centre.site import free, prepare
from app.cli.errors import CommandFailed
from app.domain.records import CUSTOMER
from app.server.demo_company import settle_demo
from app.server.storage.bulk import insert_many
from app.server.storage.database import Database
from drivers.telephony.desk.address import SOCKET_NAME
from resources.demo.company import make

DEMO_CUSTOMERS: Final = 5_000
MORE_SEED: Final = 100_417
BATCH: Final = 5_000
READY_WITHIN_S: Final = 120.0

Process = subprocess.Popen[bytes]


class WindowCentre:
    """Entered: the demo is ready. `open_window` adds windows."""

    def __init__(self, *, customers: int, agents: int) -> None:
        self._customers, self._agents = customers, agents
        self._place = tempfile.TemporaryDirectory(prefix="zongji-bench-")
        self.folder = Path(self._place.name)
        self.numbers: list[str] = []
        self.facts: dict[str, Any] = {}
        self.screen = Screen()
        self._processes: list[Process] = []
        self._tokens: dict[str, str] = {}
        self.client = httpx.Client(timeout=20.0, trust_env=False)

    def __enter__(self) -> "WindowCentre":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an ended bench leaves no demo behind
        try:
            self.numbers = _settle(self.folder, self._customers)
            demo = self._start(
                {}, "demo", "--headless", f"--dir={self.folder}", f"--agents={self._agents}", "--customers=0",
                *_own_ports(),
            )  # fmt: skip
            self._until("the demo", (self.folder / "demo.json").exists, demo)
            self.facts = json.loads((self.folder / "demo.json").read_text())
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.client.close()
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.screen.close()
        asyncio.run(self._end_voices())
        self._place.cleanup()

    def open_window(self, user: str, *more: str) -> Path:
        """A window of this agent, ready for calls; its log."""
        own = self.folder / user
        own.mkdir(mode=0o700)
        password = own / "password"
        password.write_text(self.facts["users"][user]["password"])
        places = {name: str(own) for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
        window = self._start(
            places | self.screen.environment, "desktop", f"--server={self.facts['http']}", f"--user={user}",
            f"--password-file={password}", "--ready", "--simulated-voice", *more,
        )  # fmt: skip
        self._until("the window", lambda: self._state(user) == "ready", window)
        return self.folder / "desktop.log"

    def get(self, path: str) -> Any:
        """As the administrator."""
        if "admin" not in self._tokens:
            body = {"user": "admin", "password": self.facts["users"]["admin"]["password"]}
            answer = self.client.post(f"{self.facts['http']}/api/v1/login", json=body)
            self._tokens["admin"] = answer.json()["token"]
        head = {"Authorization": f"Bearer {self._tokens['admin']}"}
        return self.client.get(f"{self.facts['http']}{path}", headers=head).json()

    def _state(self, user: str) -> str:
        rows = self.get("/api/v1/agents")["items"]
        return next((str(row["state"]) for row in rows if row["agent_id"] == user), "")

    def _start(self, more: dict[str, str], *arguments: str) -> Process:
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **more}, start_new_session=True,
            )  # fmt: skip
        self._processes.append(process)
        return process

    def _until(self, what: str, ready: Callable[[], bool], process: Process) -> None:
        until_s = time.monotonic() + READY_WITHIN_S
        while not ready():
            if process.poll() is not None or time.monotonic() > until_s:
                logs = [(self.folder / f"{name}.log") for name in ("desktop", "demo")]
                last = "".join(log.read_text("utf-8")[-800:] for log in logs if log.exists())
                raise CommandFailed(f"{what} did not become ready: {last}")
            time.sleep(0.1)

    async def _end_voices(self) -> None:
        """The windows' voices would stay a minute longer."""
        for path in self.folder.glob(f"*/zongji/{SOCKET_NAME}"):
            with suppress(OSError, ValueError, KeyError):
                reader, writer = await asyncio.open_unix_connection(path)
                writer.write(b'{"do": "state", "id": 1}\n')
                pid = 0
                while not pid:
                    pid = int(json.loads(await reader.readline()).get("pid") or 0)
                writer.close()
                await end_pid(pid)


class Screen:
    """Where windows are drawn. name: "Xvfb" or "offscreen"."""

    def __init__(self, size: str = "1600x1000x24") -> None:
        self._process: Process | None = None
        self.name, self.environment = "offscreen", {"QT_QPA_PLATFORM": "offscreen"}
        if shutil.which("Xvfb"):
            reading, writing = os.pipe()
            self._process = subprocess.Popen(
                ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
                pass_fds=[writing], stderr=subprocess.DEVNULL,
            )  # fmt: skip
            os.close(writing)
            with os.fdopen(reading) as told:
                number = told.readline().strip()
            self.name, self.environment = "Xvfb", {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}

    def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def _own_ports() -> list[str]:
    http, sip = free(0, socket.SOCK_STREAM), free(0, socket.SOCK_DGRAM)
    first = 20_000 + sip % 9_000 // 2 * 2
    chosen = {
        "server.listen": f"127.0.0.1:{http}", "boards.0.sip_listen": f"127.0.0.1:{sip}",
        "media.rtp_ports": f"{first}-{first + 999}",
    }  # fmt: skip
    return [f"--set={key}={value}" for key, value in chosen.items()]


def _settle(folder: Path, customers: int) -> list[str]:
    """The demo company with its history, grown to so many customers; some of their numbers."""
    url, numbers = load(prepare(folder, [])).database_url(), folder / "customer-numbers.txt"
    asyncio.run(settle_demo(url, numbers))
    known = numbers.read_text().split()
    if customers > DEMO_CUSTOMERS:
        known += asyncio.run(_grow(url, customers - DEMO_CUSTOMERS))
    (folder / "seeded").write_text("")
    return known


async def _grow(url: str, more: int) -> list[str]:
    now = time.time()
    fresh = make(now, more, seed=MORE_SEED).customers
    database = Database(url, durable=False)
    try:
        for first in range(0, len(fresh), BATCH):
            batch = fresh[first : first + BATCH]
            async with database.write() as connection:
                await insert_many(connection, CUSTOMER, batch, at=[now] * len(batch), user="admin")
    finally:
        await database.close()
    return [str(row["phone"]) for row in fresh[:: max(1, len(fresh) // 2000)]]
