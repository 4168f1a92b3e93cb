"""The server's side of speech, with a speech process that can refuse, be late and die."""

import asyncio
import json
import sys
import wave
from pathlib import Path

import pytest

from app.domain.flow import prompts
from app.server.speech.promise import SpeechLate, SpeechLost, SpeechRefused
from app.server.speech.speaker import SHIPPED, Speaker

# Says what the text tells it to: a double of `app.server.speech.process`.
DOUBLE = """
import json, pathlib, sys, time
for line in sys.stdin:
    job = json.loads(line)
    if "die" in job["text"]:
        sys.exit(3)
    if "late" in job["text"]:
        time.sleep(60)
    if "refuse" in job["text"]:
        print(json.dumps({"id": job["id"], "error": "refused", "engine": "double", "reason": "no voice"}), flush=True)
        continue
    file = pathlib.Path(job["file"])
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file.parent / "made", "a") as made:
        made.write(job["text"] + chr(10))
    file.write_bytes(b"RIFF")
    print(json.dumps({"id": job["id"]}), flush=True)
"""


def speaker(folder: Path, timeout_s: float = 20.0) -> Speaker:
    return Speaker(folder, command=(sys.executable, "-c", DOUBLE), timeout_s=timeout_s)


def run(folder: Path, timeout_s: float, *texts: str) -> list[object]:
    async def speaking() -> list[object]:
        voice = speaker(folder, timeout_s)
        answers: list[object] = []
        for text in texts:
            try:
                answers.append(await voice.synthesise(text, "en"))
            except (SpeechRefused, SpeechLate, SpeechLost) as error:
                answers.append(type(error))
        await voice.close()
        return answers

    return asyncio.run(speaking())


@pytest.mark.req("I15")
def test_a_text_is_made_once_and_found_ever_after(tmp_path: Path):
    name = prompts.text_name("en", "Hello Mr Li")
    assert run(tmp_path, 20, "Hello Mr Li", " Hello Mr Li ") == [name, name]
    assert run(tmp_path, 20, "Hello Mr Li") == [name]
    assert (tmp_path / "en/text/made").read_text().splitlines() == ["Hello Mr Li"]
    assert (tmp_path / f"{name}.wav").exists()


@pytest.mark.req("I15")
def test_a_refusal_a_death_and_slowness_are_told_apart_and_the_next_sentence_is_spoken(tmp_path: Path):
    name = prompts.text_name("en", "fine")
    assert run(tmp_path, 5, "refuse this", "die now", "fine") == [SpeechRefused, SpeechLost, name]
    assert run(tmp_path, 0.3, "late one") == [SpeechLate]


def test_two_callers_with_one_sentence_have_it_made_once(tmp_path: Path):
    async def both() -> None:
        voice = speaker(tmp_path)
        await asyncio.gather(voice.synthesise("same", "en"), voice.synthesise("same", "en"))
        await voice.close()

    asyncio.run(both())
    assert (tmp_path / "en/text/made").read_text().splitlines() == ["same"]


def test_a_shipped_sentence_needs_no_engine(tmp_path: Path):
    async def speaking() -> tuple[str, list[str]]:
        voice = Speaker(tmp_path, command=(sys.executable, "-c", "raise SystemExit(1)"))
        name = await voice.synthesise("请稍候。", "zh_CN")
        trouble = await voice.prepare([("zh_CN", "请稍候。"), ("zh_CN", "没有这句。")])
        await voice.close()
        return name, [error.engine for error in trouble]

    assert asyncio.run(speaking()) == ("zh_CN/one-moment", ["speech"])
    copied = tmp_path / f"{prompts.text_name('zh_CN', '请稍候。')}.wav"
    assert copied.read_bytes() == (SHIPPED / "zh_CN/one-moment.wav").read_bytes()


def test_the_parts_of_a_speak_act_become_prompts(tmp_path: Path):
    async def speaking() -> list[str]:
        voice = speaker(tmp_path)
        act = {
            "do": "speak",
            "language": "en",
            "parts": [{"prompt": "en/digits/1"}, {"prompt": "x", "text": "Mr Li"}],
        }
        found = await voice.prompts_of(act)
        await voice.close()
        return found

    assert asyncio.run(speaking()) == ["en/digits/1", prompts.text_name("en", "Mr Li")]


def test_nothing_and_too_much_are_refused(tmp_path: Path):
    assert run(tmp_path, 5, "  ", "x" * 1001) == [SpeechRefused, SpeechRefused]


@pytest.mark.peer
@pytest.mark.req("I15")
def test_espeak_speaks_both_languages_for_a_telephone(tmp_path: Path):
    async def speaking() -> list[str]:
        voice = Speaker(tmp_path)
        names = [
            await voice.synthesise("您的工程师张师傅明天上门", "zh_CN"),
            await voice.synthesise("-w /tmp/x is no option", "en"),
        ]
        await voice.close()
        return names

    for name in asyncio.run(speaking()):
        with wave.open(str(tmp_path / f"{name}.wav"), "rb") as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
            assert 1.0 < file.getnframes() / 8000 < 6.0


def test_the_manifest_says_what_lies_in_the_folders():
    manifest = json.loads((SHIPPED / "manifest.json").read_text("utf-8"))
    wanted = {f"{language}/{name}" for name, texts in manifest["prompts"].items() for language in texts}
    wanted |= {f"sounds/{name}" for name in manifest["sounds"]}
    there = {file.relative_to(SHIPPED).with_suffix("").as_posix() for file in SHIPPED.rglob("*.wav")}
    assert wanted == there
