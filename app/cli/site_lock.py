"""One server a site: a lock held by the living server, so that nobody starts a second or restores under it."""

import contextlib
import sys
from collections.abc import Iterator

from app.cli.configuration_file import Loaded
from app.cli.errors import CommandFailed


@contextlib.contextmanager
def site_lock(loaded: Loaded) -> Iterator[None]:
    """Raises CommandFailed when a server of this site is running."""
    loaded.run_folder.mkdir(parents=True, exist_ok=True)
    with (loaded.run_folder / "server.lock").open("a") as file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandFailed(f"a server is running with {loaded.path}; end it first") from None
        yield
