"""Runs the demo's processes and keeps `demo.json` true."""

import asyncio
import json
import signal
import socket
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from app.cli.configuration_file import Loaded, load
from app.cli.demo_centre.process import Kept, end_pid
from app.cli.demo_centre.site import user_table
from app.cli.errors import CommandFailed
from app.client.pinned import PinnedContext
from app.client.urls import live_link_url
from app.server.board_processes import is_running, pid_file
from app.server.demo_company import settle_demo
from app.server.plan import CannotStart
from app.server.tls.pair import base_url, pair_of
from app.wire.fingerprint import pin_of_file

LOOK_S = 0.1
READY_WITHIN_S = 120.0
SOUND_CARD_WITHIN_S = 15.0


def say(text: str) -> None:
    print(f"zongji demo: {text}", file=sys.stderr, flush=True)


class DemoCentre:
    def __init__(self, *, configuration: Path, customers: int, agents: int, windows: bool) -> None:
        self._loaded: Loaded = load(configuration)
        self._folder = self._loaded.folder
        self._log = self._folder / "zongji.log"
        self._customers, self._agents, self._windows = customers, agents, windows
        self._file = self._folder / "demo.json"
        self._numbers = self._folder / "customer-numbers.txt"
        self._sip = self._loaded.configuration.boards[0].sip_listen
        self._certificate = _certificate(self._loaded)
        self._ending = asyncio.Event()
        self._kept: list[Kept] = []
        self._written: dict[str, Any] = {}

    @property
    def _board_pid_file(self) -> Path:
        return pid_file(self._loaded.board_lock(self._loaded.configuration.boards[0]))

    @property
    def http(self) -> str:
        return base_url(self._loaded.configuration.server, reach="127.0.0.1")

    def _tls(self) -> ssl.SSLContext:
        """How this program knows its own server: by the certificate file; while there is none, by nothing."""
        try:
            pin = pin_of_file(self._certificate) if self._certificate else ""
        except (OSError, ValueError):
            pin = ""
        return PinnedContext(pin or "none yet")

    async def run(self, limit_s: float | None) -> int:
        """Until SIGTERM, SIGINT or the limit. 1 when it never got ready."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ending.set)
        self._file.unlink(missing_ok=True)
        self._board_pid_file.unlink(missing_ok=True)
        self._check_sip_address()
        began = time.monotonic()
        try:
            await self._seed()
            self._start("server", "server", "--config", str(self._loaded.path))
            await self._until("the server to answer", self._is_healthy)
            await self._until("the board to answer calls", self._answers_sip)
            self._start_people()
            await self._until("the agents to be ready", self._agents_are_ready)
            await self._start_windows()
            self._write()
            say(f"ready after {time.monotonic() - began:.0f} s; {self.http}, SIP {self._sip}; {self._file}")
            await self._watch(limit_s)
            return 0
        except asyncio.CancelledError:
            return 0
        finally:
            await self._end()

    # ------------------------------------------------------------- start

    def _check_sip_address(self) -> None:
        """A taken address would have the server start its board for ever. Our own board may have it."""
        if is_running(self._loaded.board_lock(self._loaded.configuration.boards[0])):
            return
        host, _, port = self._sip.rpartition(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((host, int(port)))
            except OSError as error:
                raise CommandFailed(f"boards.0.sip_listen {self._sip}: {error.strerror}") from None

    async def _seed(self) -> None:
        if not (self._folder / "seeded").exists():
            say("making the demo company 云杉电器 …")
            await settle_demo(self._loaded.database_url(), self._numbers)
            (self._folder / "seeded").write_text("")

    def _start(self, name: str, *arguments: str, again: bool = True) -> None:
        story = self._folder / "log" / f"{name}.jsonl"
        kept = Kept(name, list(arguments), self._log, story, again=again)
        kept.start()
        self._kept.append(kept)

    def _start_people(self) -> None:
        password = self._folder / "passwords" / "all"
        lines = [f"{user.name} {user.password}" for user in self._loaded.configuration.users]
        password.write_text("\n".join(lines) + "\n")
        password.chmod(0o600)
        if self._agents:
            self._start(
                "agents", "agent", "--server", self.http, "--user", "a01", "--password-file", str(password),
                "--count", str(self._agents), "--answer-after", "1.5", "--wrap-up", "3", *self._known(),
            )  # fmt: skip
        if self._customers:
            self._start(
                "customers", "callers", "--sip", self._sip, "--count", str(self._customers),
                "--numbers", str(self._numbers),
            )  # fmt: skip

    def _known(self) -> list[str]:
        """Of our own programs: nothing is remembered of a server that goes with its folder."""
        return [] if self._certificate is None else ["--certificate", str(self._certificate)]

    async def _start_windows(self) -> None:
        """An agent's window, logged in and ready, and the wallboard behind it."""
        if not self._windows:
            return
        user = f"a{min(self._agents + 1, 20):02}"
        password = self._folder / "passwords" / user
        arguments = [
            "--server",
            self.http,
            "--user",
            user,
            "--password-file",
            str(password),
            "--ready",
            "--wallboard",
            *self._known(),
        ]
        if not await _has_sound_card():
            arguments.append("--simulated-voice")
            say("no sound card here: the window's voice is simulated")
        self._start("desktop", "desktop", *arguments, again=False)
        say(f"the window is {user}'s; his password: {self._password(user)}")

    def _password(self, name: str) -> str:
        return next(user.password for user in self._loaded.configuration.users if user.name == name)

    # -------------------------------------------------------- is it there

    async def _until(self, what: str, ready: Callable[[], Any]) -> None:
        until = time.monotonic() + READY_WITHIN_S
        while not await ready():
            if self._ending.is_set():
                raise asyncio.CancelledError
            if time.monotonic() > until:
                raise CommandFailed(
                    f"waited {READY_WITHIN_S:.0f} s for {what}; what happened is in {self._log}"
                )
            self._fail_early()
            await asyncio.sleep(LOOK_S)

    def _fail_early(self) -> None:
        """What ends while everything starts would end again: say why instead of trying for ever."""
        ended = next((kept for kept in self._kept if kept.ended is not None), None)
        if ended is not None:
            last = [line for line in self._log.read_text(errors="replace").splitlines() if line][-1:]
            why = last[0].removeprefix("zongji: ") if last and last[0].startswith("zongji: ") else ""
            raise CommandFailed(
                f"the {ended.name} did not start: {why or f'what happened is in {self._log}'}"
            )

    async def _is_healthy(self) -> bool:
        health = await self._health()
        return bool(health and health["status"] == "ok" and all(row["connected"] for row in health["boards"]))

    async def _health(self) -> dict[str, Any] | None:
        try:
            async with httpx.AsyncClient(timeout=2.0, trust_env=False, verify=self._tls()) as client:
                answer = await client.get(f"{self.http}/api/v1/health")
                body: dict[str, Any] = answer.json()
                return body
        except (httpx.HTTPError, ValueError):
            return None

    async def _answers_sip(self) -> bool:
        """Whether OPTIONS is answered."""
        host, _, port = self._sip.rpartition(":")
        async with _datagrams() as (send, answers):
            address = f"{send.getsockname()[0]}:{send.getsockname()[1]}"
            text = (
                f"OPTIONS sip:9100@{self._sip} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bKdemo\r\n"
                f"From: <sip:demo@{address}>;tag=1\r\nTo: <sip:9100@{self._sip}>\r\nCall-ID: demo@{address}\r\n"
                "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
            )
            send.sendto(text.encode(), (host, int(port)))
            try:
                async with asyncio.timeout(0.5):
                    return b"SIP/2.0 200" in await answers()
            except (TimeoutError, OSError):
                return False

    async def _agents_are_ready(self) -> bool:
        if not self._agents:
            return True
        admin = {"user": "admin", "password": self._password("admin")}
        try:
            async with httpx.AsyncClient(
                base_url=self.http, timeout=5.0, trust_env=False, verify=self._tls()
            ) as client:
                token = (await client.post("/api/v1/login", json=admin)).json()["token"]
                rows = await client.get("/api/v1/agents", headers={"Authorization": f"Bearer {token}"})
                ready = [row for row in rows.json()["items"] if row["state"] != "logged_out"]
                return len(ready) >= self._agents
        except (httpx.HTTPError, ValueError, KeyError):
            return False

    # ------------------------------------------------------------- watch

    async def _watch(self, limit_s: float | None) -> None:
        until = time.monotonic() + limit_s if limit_s else float("inf")
        while not self._ending.is_set() and time.monotonic() < until:
            self._look()
            self._write()
            await asyncio.sleep(LOOK_S)

    def _look(self) -> None:
        for kept in self._kept:
            if kept.look():
                say(f"{kept.name} had died and was started again")

    def _board_pids(self) -> dict[str, int]:
        try:
            boards = json.loads((self._loaded.run_folder / "boards.json").read_text())
        except (OSError, ValueError):
            return {}
        pids: dict[str, int] = dict(boards.get(self._loaded.configuration.boards[0].name, {}))
        return pids

    def _pids(self) -> dict[str, int | None]:
        import os

        board = self._board_pids()
        pids: dict[str, int | None] = {"demo": os.getpid()}
        pids |= {kept.name: kept.pid for kept in self._kept}
        pids |= {
            "board": board.get("media"),
            "signalling": board.get("signalling"),
            "writer": board.get("writer"),
        }
        return pids

    def _write(self) -> None:
        pids = {name: pid for name, pid in self._pids().items() if pid}
        content = {
            "http": self.http,
            "ws": live_link_url(self.http),
            "sip": self._sip,
            "config": str(self._loaded.path),
            "log": str(self._log),
            "users": user_table(self._loaded.configuration),
            "pids": pids,
        }
        if self._certificate is not None:
            content["certificate"] = str(self._certificate)
        if content == self._written:
            return
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1))
        fresh.replace(self._file)
        self._written = content

    async def _end(self) -> None:
        board = self._board_pids()
        self._file.unlink(missing_ok=True)
        for kept in reversed(self._kept):
            await kept.end()
        if self._board_pid_file.exists():  # one that was only starting has told no pid yet
            board.setdefault("signalling", int(self._board_pid_file.read_text()))
        for name in ("signalling", "media", "writer"):
            if name in board:
                await end_pid(board[name])
        self._board_pid_file.unlink(missing_ok=True)
        (self._loaded.run_folder / "boards.json").unlink(missing_ok=True)


def _certificate(loaded: Loaded) -> Path | None:
    """What the server's port shows; None where it speaks without TLS."""
    try:
        pair = pair_of(loaded.configuration.server, loaded.folder)
    except CannotStart as reason:
        raise CommandFailed(str(reason)) from None
    return None if pair is None else pair.certificate


async def _has_sound_card() -> bool:
    """Whether something here can be heard and spoken into; asked of a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "drivers.audio.sound_card",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        found, _ = await asyncio.wait_for(process.communicate(), SOUND_CARD_WITHIN_S)
        devices = json.loads(found)
    except (TimeoutError, ValueError):
        if process.returncode is None:
            process.kill()
        return False
    return any(device["inputs"] for device in devices) and any(device["outputs"] for device in devices)


@asynccontextmanager
async def _datagrams() -> AsyncIterator[tuple[socket.socket, Callable[[], Any]]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        own.setblocking(False)
        loop = asyncio.get_running_loop()
        yield own, lambda: loop.sock_recv(own, 65536)
