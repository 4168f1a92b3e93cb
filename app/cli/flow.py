"""`flow check FILE` and `flow run FILE`: is a flow right, and what does a caller hear."""

import argparse
import json
import sys
import wave
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from app.cli.errors import CommandFailed
from app.domain.flow import prompts, texts
from app.domain.flow.check import check
from app.domain.flow.check_fields import Surroundings
from app.domain.flow.definition import LANGUAGES, Definition, NotAFlow, document, parse
from app.domain.flow.migrate import migrate
from app.domain.flow.problem import Problem, error
from app.domain.flow.rehearsal import Moment, Rehearsal

PROMPTS = Path(__file__).parents[2] / "resources" / "prompts"
MOST_QUESTIONS = 100  # a rehearsal in which nobody presses anything any more ends here


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("flow", help="check and rehearse a flow file")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    checking = actions.add_parser("check", help="print FILE:NODE: CODE text for each problem; 1 on an error")
    checking.add_argument("files", nargs="+", metavar="FILE", type=Path)
    checking.add_argument("--prompts", metavar="DIR", type=Path, help="further prompts the site has")
    checking.add_argument(
        "--queues", metavar="NAMES", help="the site's queues, with commas; else not checked"
    )
    running = actions.add_parser("run", help="walk a flow as text in virtual time")
    running.add_argument("file", metavar="FILE", type=Path)
    running.add_argument(
        "--keys", metavar="KEYS", default="", help='for each question: keys, or "-" for nothing: "1,2#,-"'
    )
    running.add_argument("--caller", metavar="NUMBER", default="")
    running.add_argument("--at", metavar="TIME", default="", help="the call's local time, 2026-11-23T10:00")
    running.add_argument("--given", metavar="FILE", type=Path, help="what records and queues answer (JSON)")
    for action in (checking, running):
        action.add_argument("--language", choices=LANGUAGES, default="zh_CN")
        action.add_argument("--json", action="store_true", help="JSON lines")


def respelled(words: list[str]) -> list[str]:
    """`--keys -,2` as `--keys=-,2`: what begins with a dash is no option here."""
    made: list[str] = []
    for word in words:
        if made and made[-1] == "--keys":
            made[-1] = f"--keys={word}"
        else:
            made.append(word)
    return made


def run(arguments: argparse.Namespace) -> int:
    return _check(arguments) if arguments.action == "check" else _run(arguments)


def _check(arguments: argparse.Namespace) -> int:
    wrong = False
    for file in arguments.files:
        for problem in problems(file, arguments.prompts, arguments.queues):
            wrong = wrong or problem.severity == "error"
            if arguments.json:
                facts = {"file": str(file), "node": problem.node, "code": problem.code}
                print(
                    json.dumps(
                        {**facts, "severity": problem.severity, "text": problem.text}, ensure_ascii=False
                    )
                )
            else:
                print(problem.line(str(file), arguments.language))
    return int(wrong)


def problems(file: Path, more_prompts: Path | None, queues: str | None) -> list[Problem]:
    """Everything wrong with a flow file; one that cannot be read is a problem too."""
    try:
        written = migrate(document(_text(file)))
    except NotAFlow as reason:
        return [error("not_a_flow", "", f"无法读取：{reason}", f"cannot be read: {reason}")]
    around = Surroundings(
        sounds=_sounds([PROMPTS, *([more_prompts] if more_prompts else [])]),
        queues=None if queues is None else [name.strip() for name in queues.split(",")],
    )
    return check(written, around)


def _run(arguments: argparse.Namespace) -> int:
    try:
        written = migrate(document(_text(arguments.file)))
        flow = parse(written)
        given = document(_text(arguments.given)) if arguments.given else {}
    except NotAFlow as reason:
        raise CommandFailed(f"{arguments.file}: {reason}") from reason
    wrong = [problem for problem in check(written) if problem.severity == "error"]
    if wrong:
        raise CommandFailed(wrong[0].line(str(arguments.file), arguments.language))
    call = Rehearsal(
        flow,
        caller=arguments.caller,
        language=arguments.language,
        at=arguments.at,
        given=given,
        lasts_s=_lasts_s,
    )
    tell = _as_json if arguments.json else _as_text(flow)
    told = 0
    for answer in _answers(arguments.keys):
        call.until_asked()
        told = _tell(call.moments, told, tell)
        if call.over:
            break
        if answer == "-":
            call.silence(float(call.act["first_timeout_s"]))
        else:
            call.press(answer)
        told = _tell(call.moments, told, tell)
    _tell(call.moments, told, tell)
    return 0


def _answers(keys: str) -> Iterable[str]:
    """What the caller does at each question; after the last one he says nothing."""
    given = [answer.strip() for answer in keys.split(",")] if keys else []
    for answer in given:
        if not answer or (answer != "-" and set(answer) - set("0123456789*#")):
            raise CommandFailed(f"--keys: “{answer}” is neither keys nor “-”")
    return [*given, *["-"] * MOST_QUESTIONS]


def _tell(moments: list[Moment], told: int, tell: Callable[[Moment], None]) -> int:
    for moment in moments[told:]:
        tell(moment)
    sys.stdout.flush()
    return len(moments)


def _as_json(moment: Moment) -> None:
    print(json.dumps(moment, ensure_ascii=False))


def _as_text(flow: Definition) -> Callable[[Moment], None]:
    """Lines such as `   3.2 s  ♪ 您好，欢迎致电…`."""
    words = {**_shipped_words(), **_flow_words(flow)}
    signs = {
        "entered": "▸", "heard": "♪", "pressed": "⌨", "silence": "…", "looked_up": "?", "spoken": "♪",
        "queue": "⇥ queue", "voicemail": "● voicemail", "transfer": "⇥ transfer", "left": "↩", "hung_up": "■",
    }  # fmt: skip

    def tell(moment: Moment) -> None:
        match moment["event"]:
            case "heard":
                said = " ".join(words.get(prompt, f"[{prompt}]") for prompt in moment["prompts"])
            case "silence":
                said = f"{moment['seconds']:g} s"
            case "looked_up":
                outcome = moment["error"] or ("found" if moment["found"] else "not found")
                said = f"{moment['what']} {json.dumps(moment['by'], ensure_ascii=False)}: {outcome}"
            case "hung_up":
                said = f"hung up by {moment['place']}" + (
                    f": {moment['error']}" if moment.get("error") else ""
                )
            case _:
                said = " ".join(str(fact) for name, fact in moment.items() if name not in ("at_s", "event"))
        print(f"{moment['at_s']:7.1f} s  {signs[moment['event']]} {said}")

    return tell


def _shipped_words() -> dict[str, str]:
    manifest = json.loads((PROMPTS / "manifest.json").read_text("utf-8"))
    return {
        f"{language}/{name}": text if isinstance(text, str) else text["text"]
        for name, written in manifest["prompts"].items()
        for language, text in written.items()
    }


def _flow_words(flow: Definition) -> dict[str, str]:
    return {prompts.text_name(language, text): text for language, text in texts.fixed_texts(flow)}


def _sounds(folders: list[Path]) -> set[str]:
    return {
        file.relative_to(folder).with_suffix("").as_posix()
        for folder in folders
        for file in folder.rglob("*.wav")
    }


@cache
def _lasts_s(prompt: str) -> float:
    """As long as the shipped sound; a text that is still to be spoken counts 2 s."""
    try:
        with wave.open(str(PROMPTS / f"{prompt}.wav"), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (OSError, wave.Error):
        return 2.0


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as reason:
        raise CommandFailed(f"{file}: {reason.strerror}") from reason
    except UnicodeDecodeError as reason:
        raise CommandFailed(f"{file}: is not UTF-8 text") from reason
