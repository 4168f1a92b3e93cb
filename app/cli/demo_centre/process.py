"""One process of the demo: started, started again when it dies, ended with the demo."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path


class Kept:
    """A child that must be there. log: its stderr, shared by all; story: its stdout, its own."""

    def __init__(
        self, name: str, arguments: list[str], log: Path, story: Path, *, again: bool = True
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-m", "app.cli", *arguments]
        self._log, self._story = log, story
        self._again = again
        self._child: subprocess.Popen[bytes] | None = None
        self._started = 0

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    @property
    def ended(self) -> int | None:
        """Exit status, None while it runs or has not begun."""
        return self._child.poll() if self._child is not None else None

    def start(self) -> None:
        self._story.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log, self._story.open("ab") as story:
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=story, stderr=log, start_new_session=True
            )
        self._started += 1

    def look(self) -> bool:
        """Start it again if it died; True when it was."""
        if self._child is None or self._child.poll() is None or not self._again:
            return False
        self.start()
        return True

    async def end(self, patience_s: float = 5.0) -> None:
        if self._child is None:
            return
        self._child.terminate()
        for _ in range(int(patience_s / 0.05)):
            if self._child.poll() is not None:
                return
            await asyncio.sleep(0.05)
        self._child.kill()
        self._child.wait()


async def end_pid(pid: int, patience_s: float = 5.0) -> None:
    """End a process that is not our child (the board's), by pid."""
    try:
        os.kill(pid, signal.SIGTERM)
        for _ in range(int(patience_s / 0.05)):
            await asyncio.sleep(0.05)
            os.kill(pid, 0)
            if _is_zombie(pid):
                return
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
