"""Find the `desk_voice` of this user, or start it, in a session of its own.

For whoever owns a window or a headless agent with a headset: `app.cli` gives this to
the desktop. Blocking; under a second when it runs already.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from drivers.telephony.desk.address import ControlAddress, runtime_directory

ROOT = Path(__file__).resolve().parents[3]


def find_or_start(directory: Path | None = None, simulated: bool = False) -> ControlAddress:
    """Where to send control messages.

    directory: for its socket and its log; None: the user's runtime directory.
    simulated: a tone for a microphone, nothing for headphones (demo without a card).
    Raises RuntimeError with the process's own words when it cannot start.
    """
    directory = directory or runtime_directory()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [sys.executable, "-m", "drivers.telephony.desk", "--directory", str(directory)]
    if simulated:
        command.append("--simulated")
    log = directory / "desk_voice.log"
    with log.open("ab") as errors:
        process = _apart(command, errors)
    assert process.stdout is not None
    line = process.stdout.readline()
    process.stdout.close()
    try:
        ready = json.loads(line)
        process.returncode = 0  # not ours to wait for: it outlives this window
        return ControlAddress(path=ready["path"], port=ready["port"], cookie=ready["cookie"])
    except (ValueError, KeyError, TypeError) as error:
        process.wait(5.0)
        last = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
        raise RuntimeError(f"desk_voice did not start: {''.join(last)}") from error


def _apart(command: list[str], errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Its own session, so that the window's end (or Ctrl+C in its terminal) is not its own."""
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        apart = {"creationflags": flags}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=ROOT,
        env=environment,
        **apart,
    )
