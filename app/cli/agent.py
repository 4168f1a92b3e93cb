"""`./zongji agent`: agents without a screen, many in one process, telling their story as JSON lines."""

import argparse
import asyncio
import json
import re
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.cli.errors import CommandFailed
from app.cli.given_certificate import add_certificate, trust_of
from app.client.credentials import Password
from app.client.headless import AgentPlan, HeadlessAgent, Story
from app.client.http import HttpApi
from app.client.trust import Trust
from app.client.urls import server_url
from drivers.telephony.desk.headless import HeadlessVoice


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "agent",
        help="agents without a screen",
        description="Agents without a screen. Prints JSON lines: at, agent, event, call_id; events are "
        "ready ringing answered ended wrapped_up link_lost link_back.",
    )
    add = parser.add_argument
    add("--server", required=True, metavar="URL", help="such as http://127.0.0.1:8080")
    add_certificate(parser)
    add(
        "--user", required=True, metavar="NAME", help="the first agent; with --count 3, a01 means a01 a02 a03"
    )
    add("--password-file", required=True, metavar="F", help="one password for all, or lines “name password”")
    add("--count", type=_count, default=1, metavar="N", help="how many agents (1)")
    add("--talk", metavar="WAV", help="what they say, in a loop; without it they are silent")
    add("--answer-after", type=_seconds, default=0.0, metavar="S", help="how long they let it ring (0)")
    add("--hang-up-after", type=_seconds, metavar="S", help="end calls after so long; else the caller does")
    add("--no-answer-every", type=_count, default=0, metavar="K", help="let each K-th offer ring out")
    add("--refuse-every", type=_count, default=0, metavar="K", help="give each K-th offer back")
    add("--wrap-up", type=_seconds, default=0.0, metavar="S", help="how long their wrap-up takes (0)")


def run(arguments: argparse.Namespace) -> int:
    try:
        server = server_url(arguments.server)
    except ValueError as error:
        raise CommandFailed(str(error)) from None
    names = agent_names(arguments.user, arguments.count)
    passwords = read_passwords(Path(arguments.password_file), names)
    talk = Path(arguments.talk) if arguments.talk else None
    if talk is not None and not talk.is_file():
        raise CommandFailed(f"{talk} is not a file")
    plan = AgentPlan(
        answer_after_s=arguments.answer_after,
        hang_up_after_s=arguments.hang_up_after,
        no_answer_every=arguments.no_answer_every,
        refuse_every=arguments.refuse_every,
        wrap_up_s=arguments.wrap_up,
    )
    return asyncio.run(work(server, passwords, talk, plan, trust_of(arguments)))


async def work(
    server: str, passwords: dict[str, str], talk: Path | None, plan: AgentPlan, trust: Trust
) -> int:
    """Until a signal ends it; 1 when the server lets none of the agents in."""
    https, agents = [], []
    for name, password in passwords.items():
        http = HttpApi(server, trust=trust)
        https.append(http)
        voice = HeadlessVoice(talk)
        agents.append(
            HeadlessAgent(
                server, name, Password(http, name, password), voice, plan, tell_story, warn, trust=trust
            )
        )
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    for agent in agents:
        agent.start()
    ended = asyncio.create_task(over.wait())
    refused = asyncio.create_task(all_refused(agents))
    await asyncio.wait({ended, refused}, return_when=asyncio.FIRST_COMPLETED)
    nobody = not ended.done()
    for waiting in (ended, refused):
        waiting.cancel()
    await asyncio.gather(*(agent.leave() for agent in agents))
    await asyncio.gather(*(http.close() for http in https))
    if nobody:
        raise CommandFailed("the server lets none of these agents in")
    return 0


async def all_refused(agents: list[HeadlessAgent]) -> bool:
    """Returns when the server has let none of them in."""
    return all([await agent.refused.wait() for agent in agents])


def tell_story(agent: str, event: Story, call_id: str | None) -> None:
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    print(json.dumps({"at": at, "agent": agent, "event": event, "call_id": call_id}), flush=True)


def warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def agent_names(first: str, count: int) -> list[str]:
    """a08, 3 → a08 a09 a10. One agent may have any name; more need a number at its end."""
    if count == 1:
        return [first]
    match = re.fullmatch(r"(.*?)(\d+)", first)
    if match is None:
        raise CommandFailed(f"{first} does not end in a number, so the next {count - 1} agents have no names")
    stem, digits = match.groups()
    return [f"{stem}{int(digits) + step:0{len(digits)}}" for step in range(count)]


def read_passwords(file: Path, names: list[str]) -> dict[str, str]:
    """Each agent's password: the file's only word, or his own line."""
    try:
        rows = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeError) as error:
        raise CommandFailed(f"cannot read {file}: {error}") from None
    if len(rows) == 1 and len(rows[0]) == 1:
        return dict.fromkeys(names, rows[0][0])
    if not rows or any(len(row) != 2 for row in rows):
        raise CommandFailed(f"{file} is neither one password nor lines “name password”")
    known = {row[0]: row[1] for row in rows}
    for name in names:
        if name not in known:
            raise CommandFailed(f"{file} has no password for {name}")
    return {name: known[name] for name in names}


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError("seconds, 0 to 86400")
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1000:
        raise argparse.ArgumentTypeError("1 to 1000")
    return value
