"""The dialogs of a board that was killed, so the next one can send their BYEs.

An append-only file of JSON lines, written without waiting for the disk: it need
only survive the process. Compacted when it is opened and when it has grown.
"""

import json
import os
from pathlib import Path
from typing import Any

from drivers.telephony.sip.dialog import Dialog

GROWN_BYTES = 4 << 20
CSEQ_AHEAD = 1000  # whatever the killed board sent after its last line


class DialogFile:
    """path None: nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lines: dict[str, bytes] = {}
        self._written = 0
        self._fd = -1

    def open(self) -> list[Dialog]:
        """Begin anew; gives the dialogs that were not ended."""
        if self._path is None:
            return []
        left: dict[str, Dialog] = {}
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            lines = []
        for line in lines:
            try:
                entry = json.loads(line)
                if "end" in entry:
                    left.pop(entry["end"], None)
                else:
                    left[entry["leg"]] = _dialog(entry)
            except (ValueError, KeyError, TypeError):
                continue  # the line that was being written
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._rewrite()
        return list(left.values())

    def began(self, leg: str, dialog: Dialog) -> None:
        if self._path is None:
            return
        entry = {
            "leg": leg, "call_id": dialog.call_id, "local": dialog.local, "remote": dialog.remote,
            "local_tag": dialog.local_tag, "remote_tag": dialog.remote_tag, "target": dialog.target,
            "peer": list(dialog.peer), "cseq": dialog.cseq, "route": list(dialog.route),
        }  # fmt: skip
        self._lines[leg] = json.dumps(entry).encode() + b"\n"
        self._append(self._lines[leg])

    def ended(self, leg: str) -> None:
        if self._lines.pop(leg, None) is not None:
            self._append(json.dumps({"end": leg}).encode() + b"\n")

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _append(self, line: bytes) -> None:
        if self._fd < 0:
            return
        try:
            os.write(self._fd, line)
        except OSError:
            return  # a full disk costs only the BYEs of a later crash
        self._written += len(line)
        if self._written > GROWN_BYTES:
            self._rewrite()

    def _rewrite(self) -> None:
        assert self._path is not None
        self.close()
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(b"".join(self._lines.values()))
        fresh.replace(self._path)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._written = 0


def _dialog(entry: dict[str, Any]) -> Dialog:
    return Dialog(
        call_id=str(entry["call_id"]), local=str(entry["local"]), remote=str(entry["remote"]),
        local_tag=str(entry["local_tag"]), remote_tag=str(entry["remote_tag"]), target=str(entry["target"]),
        peer=(str(entry["peer"][0]), int(entry["peer"][1])), cseq=int(entry["cseq"]) + CSEQ_AHEAD,
        route=tuple(map(str, entry["route"])),
    )  # fmt: skip
