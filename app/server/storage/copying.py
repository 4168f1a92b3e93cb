"""A complete copy of the SQLite file while the server writes on, in a worker process.

One read transaction holds the moment that is copied (in WAL mode it stops nobody), the pages go
over in small steps. Verified before it gets its name.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEP_PAGES = 256
PAUSE_S = 0.002


class CopyDamaged(Exception):
    """The copy does not pass SQLite's own check; it was deleted."""


def copy_sqlite(
    source: str, destination: str, *, progress: Callable[[dict[str, Any]], None] = lambda facts: None
) -> dict[str, Any]:
    """Copy the database file; `destination` is replaced at the end, or left as it was.

    Returns: {"bytes", "took_s"}. Raises: sqlite3.Error, OSError, CopyDamaged.
    """
    began = time.monotonic()
    partial = Path(destination + ".partial")
    partial.unlink(missing_ok=True)
    reading = sqlite3.connect(f"file:{Path(source).absolute()}?mode=rw", uri=True, isolation_level=None)
    writing = sqlite3.connect(partial)

    def step(_status: int, left: int, pages: int) -> None:
        progress({"pages": pages, "left": left})
        time.sleep(PAUSE_S)

    try:
        reading.execute("PRAGMA busy_timeout=5000")
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the moment is now
        reading.backup(writing, pages=STEP_PAGES, progress=step)
        reading.execute("COMMIT")
        writing.execute("PRAGMA journal_mode=DELETE")
        verdict = writing.execute("PRAGMA quick_check").fetchone()[0]
        if verdict != "ok":
            raise CopyDamaged(f"{destination}: {verdict}")
        writing.close()
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(partial, destination)
    finally:
        reading.close()
        writing.close()
        partial.unlink(missing_ok=True)
    return {"bytes": Path(destination).stat().st_size, "took_s": round(time.monotonic() - began, 3)}
