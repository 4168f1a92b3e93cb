"""Where the one `desk_voice` of this user listens for windows.

A unix socket `desk_voice.sock` in the runtime directory; where there are none
(Windows) a loopback TCP port, kept with its cookie in `desk_voice.json`.
"""

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

SOCKET_NAME = "desk_voice.sock"
FILE_NAME = "desk_voice.json"


@dataclass(frozen=True, kw_only=True)
class ControlAddress:
    """Either `path` (unix socket), or `port` on 127.0.0.1 and the `cookie` its first line must carry."""

    path: str = ""
    port: int = 0
    cookie: str = ""


def runtime_directory() -> Path:
    """The user's own directory for sockets; made if missing, readable by nobody else."""
    if sys.platform == "win32":
        directory = Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir())) / "Zongji"
    elif runtime := os.environ.get("XDG_RUNTIME_DIR"):
        directory = Path(runtime) / "zongji"
    else:
        directory = Path(tempfile.gettempdir()) / f"zongji-{os.getuid()}"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32" and directory.stat().st_uid != os.getuid():
        raise PermissionError(f"{directory} belongs to somebody else")
    return directory


def written_address(directory: Path) -> ControlAddress | None:
    """What a running (or ended) `desk_voice` left in `directory`; None when there is nothing."""
    if sys.platform != "win32":
        path = directory / SOCKET_NAME
        return ControlAddress(path=str(path)) if path.exists() else None
    try:
        facts = json.loads((directory / FILE_NAME).read_text("utf-8"))
        return ControlAddress(port=int(facts["port"]), cookie=str(facts["cookie"]))
    except (OSError, ValueError, KeyError):
        return None
