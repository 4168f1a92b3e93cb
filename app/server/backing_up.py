"""A complete copy of a site while it runs, and the way back.

A backup is a folder: `manifest.json` (every file with its size and SHA-256), the
database, the journal, recordings, prompts, the configuration and its password files.
The database is copied first and the journal after it, so the journal never knows less
than the records: at the next start the projector writes what is missing.

Knows files; talks to no server. PostgreSQL is copied by its own `pg_dump` instead.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.server.journal import segments
from app.server.journal.history import Gap, records
from app.server.journal.segments import JournalDamaged
from app.server.storage.copying import CopyDamaged, copy_sqlite

FORMAT = 1
BLOCK = 1024 * 1024
Progress = Callable[[str, int], None]  # what, bytes so far


class BackupFailed(Exception):
    """One sentence: what could not be done; the destination is as it was."""


@dataclass(frozen=True)
class SiteFiles:
    """Where a site's data lies. database None: it is no file (PostgreSQL)."""

    configuration: Path
    passwords: list[Path]
    database: Path | None
    journal: Path
    recordings: Path
    prompts: Path

    def folders(self) -> dict[str, Path]:
        return {"journal": self.journal, "recordings": self.recordings, "prompts": self.prompts}


def back_up(site: SiteFiles, destination: Path, progress: Progress) -> dict[str, Any]:
    """Copy everything to a new folder and verify it; {"files", "bytes", "took_s"}.

    Raises:
        BackupFailed: the destination exists, the database is no file, a copy is damaged, no room.
    """
    if destination.exists():
        raise BackupFailed(f"{destination} exists already; a backup is never written over")
    if site.database is None:
        raise BackupFailed("the records are in PostgreSQL: copy them with pg_dump, then back up the rest")
    began = time.monotonic()
    growing = destination.with_name(destination.name + ".partial")
    shutil.rmtree(growing, ignore_errors=True)
    try:
        growing.mkdir(parents=True)
        _copy_all(site, site.database, growing, progress)
        manifest = _manifest(growing)
        (growing / "manifest.json").write_text(json.dumps(manifest, indent=1))
        verify(growing)
        growing.rename(destination)
    except (OSError, sqlite3.Error, CopyDamaged) as error:
        raise BackupFailed(f"the backup was not made: {error}") from error
    finally:
        shutil.rmtree(growing, ignore_errors=True)
    size = sum(row["bytes"] for row in manifest["files"].values())
    return {"files": len(manifest["files"]), "bytes": size, "took_s": round(time.monotonic() - began, 2)}


def _copy_all(site: SiteFiles, database: Path, to: Path, progress: Progress) -> None:
    if database.exists():
        copy_sqlite(
            str(database), str(to / "zongji.db"),
            progress=lambda facts: progress("database", (facts["pages"] - facts["left"]) * 4096),
        )  # fmt: skip
    (to / "site").mkdir()
    shutil.copy2(site.configuration, to / "site" / "zongji.toml")
    for file in site.passwords:
        target = to / "site" / file.relative_to(site.configuration.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
    for name, folder in site.folders().items():
        (to / name).mkdir()
        for file in _files(folder):
            target = to / name / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            # The journal and live recordings grow while they are copied: what is there now is copied.
            _copy_bytes(file, target, file.stat().st_size, partial(progress, name))


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".new")


def _copy_bytes(source: Path, target: Path, size: int, told: Callable[[int], None]) -> None:
    with source.open("rb") as reading, target.open("wb") as writing:
        left = size
        while left and (block := reading.read(min(BLOCK, left))):
            writing.write(block)
            left -= len(block)
            told(size - left)
        writing.flush()
        os.fsync(writing.fileno())


def _digest(file: Path) -> str:
    with file.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    files = {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": _digest(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {"format": FORMAT, "made_at": time.time(), "files": files}


def verify(folder: Path) -> dict[str, Any]:
    """Read a backup back whole; its manifest.

    Raises:
        BackupFailed: a file is missing or differs, the journal or the database does not read.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    except (OSError, ValueError) as error:
        raise BackupFailed(f"{folder} is no backup: {error}") from error
    for name, row in manifest["files"].items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != row["bytes"] or _digest(file) != row["sha256"]:
            raise BackupFailed(f"{name} in the backup is missing or damaged")
    try:
        for _ in records(folder / "journal", may_cut=False):
            pass
    except (JournalDamaged, Gap) as error:
        raise BackupFailed(f"the journal in the backup does not read: {error}") from error
    return manifest


def restore(folder: Path, site: SiteFiles, progress: Progress) -> dict[str, Any]:
    """Put a backup back; what is there now is moved aside, never deleted.

    Returns {"files", "bytes", "aside"}. The configuration is not replaced: it is the one
    that says where things go; the backup's copy is in its folder `site`.

    Raises:
        BackupFailed: the backup does not verify; nothing was changed.
    """
    manifest = verify(folder)
    if site.database is None:
        raise BackupFailed("the records are in PostgreSQL: restore them with pg_restore")
    aside = time.strftime("before-restore-%Y%m%d-%H%M%S")
    targets = {"zongji.db": site.database, **site.folders()}
    for current in targets.values():
        _move_aside(current, aside)
    for suffix in ("-wal", "-shm"):
        _move_aside(site.database.with_name(site.database.name + suffix), aside)
    for name, target in targets.items():
        source = folder / name
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        progress(name, source.stat().st_size if source.is_file() else 0)
    for segment in segments.segments(site.journal)[-1:]:
        _cut_torn_tail(segment)
    size = sum(row["bytes"] for row in manifest["files"].values())
    return {"files": len(manifest["files"]), "bytes": size, "aside": aside}


def _move_aside(path: Path, mark: str) -> None:
    if path.exists():
        path.rename(path.with_name(f"{path.name}.{mark}"))


def _cut_torn_tail(segment: Path) -> None:
    """The last record may have been half written when it was copied."""
    good = 0
    for good, _ in segments.payloads(segment, is_last=True):  # noqa: B007 (used after the loop)
        pass
    segments.cut(segment, good)
