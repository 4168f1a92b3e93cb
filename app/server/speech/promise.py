"""What speech promises, whichever engine makes it.

Knows no engine and no file format beyond "a WAV file of 16 bits". The engines are
programs of their own, started and never imported: some of them are under the GPL.
"""

from pathlib import Path
from typing import Protocol


class SpeechError(Exception):
    """Speech could not be had. `engine`: which one said so."""

    def __init__(self, engine: str, reason: str) -> None:
        super().__init__(f"{engine}: {reason}")
        self.engine = engine
        self.reason = reason


class SpeechRefused(SpeechError):
    """It cannot say this: no voice in the language, no sound came of the text. Asking again is useless."""


class SpeechLate(SpeechError):
    """It did not finish in time; the text may be asked for again."""


class SpeechLost(SpeechError):
    """The program is gone or never started; another engine may do."""


class Engine(Protocol):
    """One way of making speech. Blocks: lives in the speech process, never in the server's loop."""

    @property
    def name(self) -> str: ...

    @property
    def languages(self) -> tuple[str, ...]: ...

    def speak(self, text: str, language: str, file: Path, timeout_s: float) -> None:
        """Write the text as a WAV file, one channel, 16 bit, any rate.

        Raises:
            SpeechRefused, SpeechLate, SpeechLost.
        """
