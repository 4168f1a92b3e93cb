"""The `desk_voice` process: `python -m drivers.telephony.desk [--directory DIR]`.

Composition root: picks the sound card, opens the control socket, prints one JSON line
`{"ready": true, "path", "port", "cookie", "already"}` on stdout, and lives as long as a
window is connected or a board sends sound, and a minute longer.
"""

import argparse
import asyncio
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drivers.audio.simulated import SimulatedSoundCard
from drivers.protocol.audio import SoundCard
from drivers.telephony.desk.address import ControlAddress, runtime_directory, written_address
from drivers.telephony.desk.control import AlreadyRunning, ControlServer
from drivers.telephony.desk.voice import DeskVoice

LEAVE_AFTER_S = 60.0
HIGH_PRIORITY_CLASS = 0x80  # winbase.h


def _say_ready(address: ControlAddress, already: bool) -> None:
    ready = {"ready": True, "path": address.path, "port": address.port, "cookie": address.cookie}
    print(json.dumps({**ready, "already": already}), flush=True)


def _log(event: Mapping[str, Any]) -> None:
    """What an administrator wants to know afterwards: devices and lines, not meters."""
    if event["event"] in ("headset_lost", "headset_back", "line_heard", "line_lost"):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        known = {"headset_lost": "device_lost", "headset_back": "device_back"}
        facts = {k: v for k, v in event.items() if k != "event"}
        level = "error" if event["event"] == "headset_lost" else "info"
        line = {"at": at, "level": level, "event": known.get(event["event"], event["event"]), **facts}
        print(json.dumps(line, ensure_ascii=False), file=sys.stderr, flush=True)


def _before_others() -> None:
    """Sound is due every 10 ms; a busy machine must not take that away. Best effort."""
    sys.setswitchinterval(0.001)
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), HIGH_PRIORITY_CLASS)
        return
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -11)
    except PermissionError:
        pass  # an ordinary user without that limit: the buffers are his reserve


async def _until_unused(voice: DeskVoice, control: ControlServer) -> None:
    """Return when told to, or after a minute without window and without sound from a board."""
    loop = asyncio.get_running_loop()
    used_s = loop.time()
    while not voice.ended.is_set():
        if control.windows or voice.in_use:
            used_s = loop.time()
        if loop.time() - used_s > LEAVE_AFTER_S:
            return
        try:
            await asyncio.wait_for(voice.ended.wait(), 1.0)
        except TimeoutError:
            pass


async def run(card: SoundCard, directory: Path, microphone: str | None, headphones: str | None) -> int:
    def tell(event: Mapping[str, Any]) -> None:
        _log(event)
        control.tell(event)

    voice = DeskVoice(card, tell)
    control = ControlServer(directory, voice.handle, greet=voice.state)
    try:
        await control.start()
    except AlreadyRunning:
        _say_ready(written_address(directory) or ControlAddress(), already=True)
        return 0
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGTERM, voice.ended.set)
        loop.add_signal_handler(signal.SIGINT, voice.ended.set)
    voice.start(microphone, headphones)
    _say_ready(control.address, already=False)
    sys.stdout = open("/dev/null" if sys.platform != "win32" else "NUL", "w")  # noqa: SIM115 - for good
    await _until_unused(voice, control)
    await control.stop()
    await voice.stop()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="desk_voice", description="The agent's headset on the line.")
    parser.add_argument("--directory", type=Path, help="for the control socket (default: the runtime dir)")
    parser.add_argument("--microphone", help="device name; default: the system's")
    parser.add_argument("--headphones", help="device name; default: the system's")
    parser.add_argument("--simulated", action="store_true", help="a tone instead of a microphone, no sound")
    args = parser.parse_args()
    card: SoundCard
    if args.simulated:
        simulated = SimulatedSoundCard()
        simulated.world_says_tone(440)
        card = simulated
    else:
        from drivers.audio.sound_card import PortAudioCard  # only here: needs PortAudio's library

        card = PortAudioCard()
    _before_others()
    directory = args.directory or runtime_directory()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return asyncio.run(run(card, directory, args.microphone, args.headphones))


if __name__ == "__main__":
    sys.exit(main())
