"""What is being written, kept on this machine so that neither a crash nor a lost link costs a word.

Files hold personal data: only the user may read them, and they go when the form is finished.
"""

import json
import os
from pathlib import Path
from typing import Any


class DraftFolder:
    """One JSON file per draft; a save is atomic, a broken file counts as none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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

    def _path(self, key: str) -> Path:
        safe = "".join(c if c.isalnum() or c in "-_" else f"%{ord(c):02x}" for c in key)
        return self._folder / f"{safe}.json"
