"""What is being written, kept on this machine so that neither a crash nor a lost link costs a word.

Files hold personal data: only the user may read them, and they go when the form is finished.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

KEPT_S = 7 * 86400.0


class DraftFolder:
    """One JSON file per draft; a save is atomic, a broken file counts as none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._forget_old()

    def save(self, key: str, draft: dict[str, Any]) -> None:
        """Raises OSError when the disk refuses: the screen must say so."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(key)
        fresh = path.with_suffix(".new")
        with os.fdopen(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(draft, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def load(self, key: str) -> dict[str, Any] | None:
        try:
            found = json.loads(self._path(key).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def drop(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _forget_old(self) -> None:
        """Drafts hold customers' data: what nobody came back to for a week goes."""
        oldest = time.time() - KEPT_S
        for path in self._folder.glob("*.json"):
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except OSError:
                continue  # another window was quicker

    def _path(self, key: str) -> Path:
        safe = "".join(c if c.isalnum() or c in "-_" else f"%{ord(c):02x}" for c in key)
        return self._folder / f"{safe}.json"
