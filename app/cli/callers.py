"""`./zongji callers`: simulated customers who really call, over SIP and RTP. The demo starts it."""

import argparse
import asyncio
import json
import signal
from datetime import UTC, datetime
from pathlib import Path

from app.cli.errors import CommandFailed
from app.simulation.callers import Customers, Story
from drivers.telephony.caller import CallingPhone, PhoneCall

PROMPTS = Path(__file__).resolve().parents[2] / "resources" / "prompts"
VOICE = PROMPTS / "zh_CN" / "address.wav"  # somebody speaking Chinese
NUMBERS = [f"138{n:08}" for n in range(4417, 4517)]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "callers",
        help="simulated customers who really call",
        description="Simulated customers who call by SIP and RTP, press keys, talk and hang up. Prints "
        "JSON lines: at, caller, event, detail; events are calling answered pressed ended.",
    )
    add = parser.add_argument
    add("--sip", required=True, metavar="HOST:PORT", help="where the board listens")
    add("--count", type=int, default=5, metavar="N", help="how many call at a time (5)")
    add("--numbers", metavar="FILE", help="telephone numbers they call from, one a line")
    add("--dial", action="append", metavar="NUMBER", help="what they dial (400); may be given again")
    add("--talk", metavar="WAV", default=str(VOICE), help="what they say, in a loop")
    add("--seed", type=int, default=417, help="another seed, other calls (417)")


def run(arguments: argparse.Namespace) -> int:
    host, _, port = arguments.sip.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise CommandFailed(f"{arguments.sip} is not HOST:PORT")
    numbers = read_numbers(Path(arguments.numbers)) if arguments.numbers else NUMBERS
    wav = Path(arguments.talk)
    return asyncio.run(
        work(
            (host, int(port)),
            numbers,
            arguments.dial or ["400"],
            wav if wav.is_file() else None,
            arguments.count,
            arguments.seed,
        )
    )


async def work(
    sip: tuple[str, int], numbers: list[str], dial: list[str], wav: Path | None, count: int, seed: int
) -> int:
    phone = await CallingPhone.open(sip)
    customers = Customers(_Telephone(phone), numbers, to_numbers=dial, wav=wav, seed=seed, tell=tell)
    calling = asyncio.create_task(customers.run(count))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, calling.cancel)
    try:
        await calling
    except asyncio.CancelledError:
        pass
    await phone.close()
    return 0


class _Telephone:
    """A `CallingPhone` as the customers know it."""

    def __init__(self, phone: CallingPhone) -> None:
        self._phone = phone

    async def call(self, to_number: str, from_number: str) -> "_Call":
        return _Call(await self._phone.call(to_number, from_number))


class _Call:
    def __init__(self, call: PhoneCall) -> None:
        self._call = call
        self.answered, self.press = call.answered, call.press
        self.say, self.hang_up = call.say, call.hang_up

    async def over(self) -> str:
        ending = await self._call.ended
        return ending.reason or f"{ending.by}_{ending.cause}"


def tell(caller: str, event: Story, detail: str) -> None:
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    print(json.dumps({"at": at, "caller": caller, "event": event, "detail": detail}), flush=True)


def read_numbers(file: Path) -> list[str]:
    """One telephone number a line; at least one."""
    try:
        numbers = file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeError) as error:
        raise CommandFailed(f"cannot read {file}: {error}") from None
    if not numbers:
        raise CommandFailed(f"{file} holds no numbers")
    return numbers
