"""Only one of a kind: a lock held by the living process, gone with it however it ends.

One server a site, so that nobody starts a second or restores under it; one demo a folder.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from app.cli.configuration_file import Loaded
from app.cli.errors import CommandFailed


@contextlib.contextmanager
def only_one(file: Path, sentence: str) -> Iterator[None]:
    """Raises CommandFailed(sentence) when another process holds this lock file."""
    with file.open("a") as lock:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandFailed(sentence) from None
        yield


@contextlib.contextmanager
def site_lock(loaded: Loaded) -> Iterator[None]:
    """Raises CommandFailed when a server of this site is running."""
    loaded.run_folder.mkdir(parents=True, exist_ok=True)
    sentence = f"a server is running with {loaded.path}; end it first"
    with only_one(loaded.run_folder / "server.lock", sentence):
        yield
