"""Grabs pictures of a real window on a live demo: `python tests/desktop/grab_live.py DIR [zh_CN|en] [light|dark]`.

`ringing.png` is README's. Nine agents and their callers make the floor behind it busy.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.cli.benches.window_centre import WindowCentre
from drivers.telephony.caller import CallingPhone

USER = "a10"
AGENTS = 9  # all of them talk, so that the next call is the window's


def window_of(centre: WindowCentre, language: str, theme: str) -> "subprocess.Popen[str]":
    own = centre.folder / USER
    own.mkdir(mode=0o700)
    (own / "password").write_text(centre.facts["users"][USER]["password"])
    places = {name: str(own) for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return subprocess.Popen(
        [
            sys.executable, "-m", "tests.desktop.watched_window", "--server", centre.facts["http"], "--user", USER,
            "--password-file", str(own / "password"), "--ready", "--simulated-voice", "--language", language,
            "--theme", theme,
        ],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **places, **centre.screen.environment},
    )  # fmt: skip


def do(window: "subprocess.Popen[str]", **wish: str) -> dict[str, Any]:
    assert window.stdin and window.stdout
    print(json.dumps(wish), file=window.stdin, flush=True)
    return dict(json.loads(window.stdout.readline()))


async def until(window: "subprocess.Popen[str]", state: str) -> None:
    for _ in range(300):
        if do(window)["state"] == state:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(state)


async def call(centre: WindowCentre, window: "subprocess.Popen[str]", folder: Path) -> None:
    host, _, port = centre.facts["sip"].rpartition(":")
    phone = await CallingPhone.open((host, int(port)))
    busy = [await phone.call("9120", number) for number in centre.numbers[40 : 40 + AGENTS]]
    await asyncio.gather(*[each.answered() for each in busy])
    await until(window, "ready")
    await asyncio.sleep(4)
    do(window, grab=str(folder / "idle.png"))
    row = centre.get("/api/v1/records/customer?limit=1&sort=id")["items"][0]
    mine = await phone.call("400", str(row["phone"]))
    await mine.answered()
    mine.press("1")
    await until(window, "ringing")
    await asyncio.sleep(2.5)
    do(window, grab=str(folder / "ringing.png"))
    do(window, press="F2")
    await until(window, "talking")
    await asyncio.sleep(2)
    do(window, press="Ctrl+N")
    await asyncio.sleep(1)
    do(window, grab=str(folder / "talking.png"))
    mine.hang_up()
    await until(window, "wrap_up")
    await asyncio.sleep(1)
    do(window, grab=str(folder / "wrap_up.png"))
    await phone.close()


def main() -> None:
    folder = Path(sys.argv[1])
    language, theme = (*sys.argv[2:], "zh_CN", "light")[:2] if len(sys.argv) < 4 else sys.argv[2:4]
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["TZ"] = "Asia/Shanghai"
    time.tzset()
    with WindowCentre(customers=5_000, agents=AGENTS) as centre:
        window = window_of(centre, language, theme)
        try:
            asyncio.run(call(centre, window, folder))
        finally:
            window.terminate()
            window.wait()


if __name__ == "__main__":
    main()
