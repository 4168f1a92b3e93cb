"""The desktop's side of `desk_voice`: one thread that keeps the control socket and the last levels.

Knows the control messages of `drivers.telephony.desk.voice`; not what a call is. The voice
process outlives this one; a new window finds it and repeats what it wants.
"""

import asyncio
import json
import threading
from collections.abc import Mapping
from typing import Any

from drivers.telephony.desk.control import open_control
from drivers.telephony.desk.spawn import find_or_start

QUIET_DBFS, LOUD_DBFS = -60.0, -6.0
AGAIN_S = 1.0


class DeskVoiceProcess:
    """Keeps `app.desktop.link.Voice`. Every method returns at once; the thread does the waiting.

    simulated: no sound card is asked for (demo without one).
    """

    def __init__(self, simulated: bool = False) -> None:
        self._simulated = simulated
        self._loop = asyncio.new_event_loop()
        self._writer: asyncio.StreamWriter | None = None
        self._wanted: dict[str, dict[str, Any]] = {}
        self._devices: list[Mapping[str, str]] = []
        self._levels = (0.0, 0.0)
        self._step: tuple[str, float | None] = ("", None)
        self._listed = False
        self.trouble = ""
        self._thread = threading.Thread(target=self._run, name="desk-voice", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------- what the desktop asks

    @property
    def has_looked(self) -> bool:
        """Whether it is known by now what sound there is here: `devices`, or `trouble` with the voice itself."""
        return self._listed or bool(self.trouble)

    def devices(self) -> list[Mapping[str, str]]:
        return self._devices

    def choose(self, device_id: str) -> None:
        self._want("choose", {"microphone": device_id or None, "headphones": device_id or None})

    def start(self, host: str, port: int, token: str, codec: str, srtp: bool) -> None:
        leg = {"host": host, "port": port, "token": token, "codec": codec, "srtp": srtp}
        self._want("connect", leg)
        self.check(True)

    def stop(self) -> None:
        self._wanted.pop("connect", None)
        self._want("disconnect", {}, keep=False)

    def levels(self) -> tuple[float, float]:
        return self._levels

    def check(self, on: bool) -> None:
        self._want("levels", {"on": on or "connect" in self._wanted})

    def ring(self, volume: float) -> None:
        self._want("ring", {"volume": volume}, keep=False)

    def sound_check(self, record_s: float) -> None:
        self._step = ("recording", None)
        self._want("sound_check", {"record_s": record_s}, keep=False)

    def check_step(self) -> tuple[str, float | None]:
        return self._step

    def close(self) -> None:
        """Leave the process to itself."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2.0)

    # ------------------------------------------------------------- on the thread

    def _want(self, do: str, fields: dict[str, Any], keep: bool = True) -> None:
        message = {"do": do, **fields}
        if keep:
            self._wanted[do] = message
        self._loop.call_soon_threadsafe(self._write, message)

    def _write(self, message: dict[str, Any]) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(json.dumps(message).encode() + b"\n")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        keeper = self._loop.create_task(self._keep())
        self._loop.run_forever()
        keeper.cancel()
        self._loop.run_until_complete(asyncio.gather(keeper, return_exceptions=True))
        self._loop.close()

    async def _keep(self) -> None:
        """Hold the connection; start the process again when it has died."""
        while True:
            try:
                address = await asyncio.to_thread(find_or_start, None, self._simulated)
                reader, self._writer = await open_control(address)
                self.trouble = ""
                self._write({"do": "devices"})
                for message in list(self._wanted.values()):
                    self._write(message)
                while line := await reader.readline():
                    self._hear(json.loads(line))
            except (OSError, RuntimeError, ValueError) as error:
                self.trouble = str(error)
            finally:
                if self._writer is not None:
                    self._writer.close()
                self._writer, self._levels = None, (0.0, 0.0)
            await asyncio.sleep(AGAIN_S)

    def _hear(self, event: Mapping[str, Any]) -> None:
        match event.get("event"):
            case "levels":
                self._levels = (_share(event.get("headphones_dbfs")), _share(event.get("microphone_dbfs")))
            case "sound_check":
                level = event.get("level_dbfs")
                self._step = (str(event.get("step")), None if level is None else _share(level))
            case "refused" if event.get("do") == "sound_check":
                self._step = ("refused", None)
            case "devices":
                both = [d for d in event.get("devices") or [] if d.get("inputs") and d.get("outputs")]
                self._devices = [{"id": d["name"], "name": d["name"], "kind": "card"} for d in both]
                self._listed = True
            case "headset_lost" | "headset_back":
                self._write({"do": "devices"})


def _share(dbfs: Any) -> float:
    """A level in dBFS as 0.0 … 1.0 of the meter."""
    if not isinstance(dbfs, int | float):
        return 0.0
    return min(1.0, max(0.0, (float(dbfs) - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)))
