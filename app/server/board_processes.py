"""Starts a board that is not running, and again within a second when it died.

A board is never a part of its server: own session, own log file, found again by its
socket. A lock file held by the living board tells whether there is one.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from app.server import log

CHECK_S = 0.25


def is_running(lock: Path) -> bool:
    """Whether a process holds the board's lock."""
    if sys.platform == "win32" or not lock.exists():
        return False
    import fcntl

    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def pid_file(lock: Path) -> Path:
    """Where the pid of the board started last stands, from before it can say it itself."""
    return lock.with_suffix(".pid")


async def keep_running(
    name: str, lock: Path, command: list[str], log_file: Path, is_connected: Callable[[], bool]
) -> None:
    """Never returns; starts `command` whenever nobody holds the lock and no link is up."""
    child: subprocess.Popen[bytes] | None = None
    while True:
        if child is not None and child.poll() is not None:
            log.log("error", "board_process_ended", board=name, status=child.returncode, log=str(log_file))
            child = None
        if child is None and not is_connected() and not is_running(lock):
            child = _start(command, log_file)
            pid_file(lock).write_text(str(child.pid))
            log.log("info", "board_started", board=name, pid=child.pid)
        await asyncio.sleep(CHECK_S)


def _start(command: list[str], log_file: Path) -> "subprocess.Popen[bytes]":
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as out:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
