"""The people of a scenario: headless agents as a process, callers as telephones in software."""

import json
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.telephony.exchange.wav import wav_header
from tests.scenarios.harness import ROOT, Centre, until

RATE_HZ = 8000


def tone_wav(path: Path, hz: float, seconds: float = 10.0, level: int = 6000) -> Path:
    """A tone that fits a whole number of times, so that it loops without a click."""
    samples = (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype("<i2")
    path.write_bytes(wav_header(samples.nbytes, 1) + samples.tobytes())
    return path


def tone_share(samples: NDArray[Any], hz: float) -> float:
    """The part of the energy that is this tone, in the loudest second; 0 for silence."""
    best, second = 0.0, RATE_HZ
    signal = samples.astype(float)
    for start in range(0, max(1, len(signal) - second + 1), second // 4):
        piece = signal[start : start + second]
        energy = float((piece**2).sum())
        if len(piece) == second and energy > second * 200.0**2:
            at = np.exp(-2j * np.pi * hz * np.arange(second) / RATE_HZ)
            best = max(best, float(2 * abs((piece * at).sum()) ** 2 / second / energy))
    return best


def channels(wav: bytes, folder: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    """Left and right of a stereo WAV."""
    file = folder / "recording.wav"
    file.write_bytes(wav)
    with wave.open(str(file)) as sound:
        assert sound.getnchannels() == 2 and sound.getframerate() == RATE_HZ
        both = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


class Agents:
    """`./zongji agent` for a01…aN."""

    def __init__(self, centre: Centre, count: int, *more: str, first: str = "a01") -> None:
        passwords = centre.folder / f"passwords-{first}"
        passwords.write_text(
            "".join(f"{name} {row['password']}\n" for name, row in centre.facts["users"].items())
        )
        self.lines_file = centre.folder / f"agents-{first}.jsonl"
        self._centre, self._count, self._first = centre, count, first
        with self.lines_file.open("wb") as out, (centre.folder / f"agents-{first}.err").open("wb") as err:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "app.cli", "agent", "--server", centre.facts["http"], "--user", first,
                    "--password-file", str(passwords), "--count", str(count), *more,
                ],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            )  # fmt: skip

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        rows = [json.loads(line) for line in self.lines_file.read_text().splitlines() if line.endswith("}")]
        return [row for row in rows if event is None or row["event"] == event]

    def __enter__(self) -> "Agents":
        until("the agents are ready", self._ready, 30)
        return self

    def _ready(self) -> bool:
        rows = self._centre.agents().values()
        return sum(row["state"] == "ready" for row in rows) >= self._count

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def settle(centre: Centre, count: int, within_s: float = 30.0, **wanted: Any) -> list[dict[str, Any]]:
    """The calls once `count` of them are over."""

    def over() -> list[dict[str, Any]]:
        rows = [row for row in centre.calls(**wanted) if not row["call_id"].startswith("past")]
        return rows if sum(row["state"] == "ended" for row in rows) >= count else []

    found: list[dict[str, Any]] = until(f"{count} calls are over", over, within_s, 0.2)
    return found


def stamp() -> float:
    return time.monotonic()


def open_tasks(centre: Centre) -> dict[str, dict[str, Any]]:
    """What is left to do, by the last digits of the caller's number."""
    return {row["number"][-11:]: row for row in centre.get("/api/v1/tasks?state=open&limit=1000")["items"]}
