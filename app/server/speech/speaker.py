"""Speech for the server: a text becomes a sound file once, and is only looked up ever after.

Lives in the server's loop and never works there: what must be made is made by the
speech process. Knows names and files; not which engine spoke.
"""

import asyncio
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.domain.flow import prompts
from app.server.speech.promise import SpeechError, SpeechLate, SpeechLost, SpeechRefused

ERRORS: Mapping[str, type[SpeechError]] = {"refused": SpeechRefused, "late": SpeechLate, "lost": SpeechLost}
ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "resources" / "prompts"
PROCESS = (sys.executable, "-m", "app.server.speech.process")


def shipped_texts(manifest: Path) -> dict[tuple[str, str], str]:
    """(language, text) → name of the sound that says exactly this, from the shipped manifest."""
    written = json.loads(manifest.read_text("utf-8"))["prompts"]
    return {
        (language, text): f"{language}/{name}"
        for name, texts in reversed(written.items())
        for language, text in texts.items()
        if isinstance(text, str)
    }


class Speaker:
    """Makes sounds of texts under `folder`, named as `prompts.text_name` says.

    folder: the site's own prompts (media.prompts), which the board reads too.
    shipped: the folder of prompts that came with the program, and their manifest.
    places: see `engines.Places`. command: the speech process.
    `synthesise` may raise SpeechRefused, SpeechLate or SpeechLost.
    """

    def __init__(
        self,
        folder: Path,
        *,
        places: Mapping[str, str] | None = None,
        shipped: Path | None = SHIPPED,
        command: Sequence[str] = PROCESS,
        timeout_s: float = 20.0,
    ) -> None:
        self._folder = folder.resolve()
        self._shipped_folder = shipped
        self._command = [*command, json.dumps(dict(places or {}))]
        self._shipped = shipped_texts(shipped / "manifest.json") if shipped else {}
        self._timeout_s = timeout_s
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()
        self._under_way: dict[str, asyncio.Task[str]] = {}
        self._number = 0

    async def synthesise(self, text: str, language: str) -> str:
        """The name of the sound that says the text ("zh_CN/text/…"); it exists on return."""
        text = text.strip()
        if not text or len(text) > prompts.LONGEST_TEXT:
            raise SpeechRefused("speech", f"a text has 1 to {prompts.LONGEST_TEXT} characters")
        if (language, text) in self._shipped:
            return self._shipped[language, text]
        name = prompts.text_name(language, text)
        if self.file(name).exists():
            return name
        # Two callers, one sentence: it is made once.
        if name not in self._under_way:
            task = asyncio.create_task(self._make(name, text, language))
            self._under_way[name] = task
            task.add_done_callback(lambda done: self._under_way.pop(name, None))
        return await asyncio.shield(self._under_way[name])

    async def prompts_of(self, act: Mapping[str, Any]) -> list[str]:
        """The prompts of a flow's `speak` act, all of them existing."""
        language = str(act["language"])
        return [
            await self.synthesise(part["text"], language) if "text" in part else str(part["prompt"])
            for part in act["parts"]
        ]

    async def prepare(self, texts: Iterable[tuple[str, str]]) -> list[SpeechError]:
        """Make the fixed texts of a flow (`texts.fixed_texts`) before anybody hears it.

        Returns what could not be made; a caller who gets there goes to the flow's on_error.
        """
        trouble: list[SpeechError] = []
        for language, text in texts:
            file = self.file(prompts.text_name(language, text))
            try:
                name = await self.synthesise(text, language)
            except SpeechError as error:
                trouble.append(error)
                continue
            if not file.exists() and self._shipped_folder:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes((self._shipped_folder / f"{name}.wav").read_bytes())
        return trouble

    def file(self, name: str) -> Path:
        return self._folder / f"{name}.wav"

    async def close(self) -> None:
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self._end()

    async def _make(self, name: str, text: str, language: str) -> str:
        async with self._one_at_a_time:
            self._number += 1
            job = {"id": self._number, "text": text, "language": language, "file": str(self.file(name))}
            try:
                answer = await asyncio.wait_for(self._ask(job), self._timeout_s)
            except TimeoutError as late:
                await self._end()
                raise SpeechLate("speech", f"no sound within {self._timeout_s:g} s") from late
            except (OSError, EOFError, ValueError) as gone:
                await self._end()
                raise SpeechLost("speech", str(gone) or "the speech process ended") from gone
        if "error" in answer:
            kind = ERRORS.get(answer["error"], SpeechLost)
            raise kind(answer["engine"], answer["reason"])
        return name

    async def _ask(self, job: dict[str, Any]) -> dict[str, Any]:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        line = json.dumps({**job, "timeout_s": self._timeout_s * 0.8})
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()
        while True:
            answered = await self._process.stdout.readline()
            if not answered:
                raise EOFError("the speech process ended")
            answer: dict[str, Any] = json.loads(answered)
            if answer.get("id") == job["id"]:
                return answer

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.communicate()
