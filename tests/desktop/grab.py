"""Grabs every picture of the desktop into a folder: `python tests/desktop/grab.py DIR [--only NAME]`.

Real widgets over a scripted server; both languages, both themes, 1440×900, and 1280×720 at 150 %
in a process of its own (the scale factor is fixed when Qt starts).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TZ"] = "Asia/Shanghai"
time.tzset()
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.desktop.scene import SCREENS, Scene  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--scaled", action="store_true")
    parser.add_argument("--size", default="")
    parser.add_argument("--factor", default="1.0")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    screens = [s for s in SCREENS if not chosen.only or s in chosen.only.split(",")]
    size = (1280, 720) if chosen.scaled else (1440, 900)
    if chosen.size:
        size = tuple(int(n) for n in chosen.size.split("x"))
    mark = ("-1280-at-150" if chosen.scaled else "") + (f"-{chosen.size}" if chosen.size else "")
    mark += f"-x{chosen.factor}" if chosen.factor != "1.0" else ""
    for screen in screens:
        for language in ("zh_CN", "en"):
            for theme in ("light", "dark"):
                scene = Scene(Path(tempfile.mkdtemp()), language, theme, size, chosen.factor)
                scene.show(screen)
                scene.grab(chosen.folder / f"{screen}-{language[:2]}-{theme}{mark}.png", screen)
                scene.close()
    if not chosen.scaled and not chosen.only and not chosen.size:
        again = [sys.executable, __file__, str(chosen.folder), "--scaled"]
        subprocess.run(again, check=True, env={**os.environ, "QT_SCALE_FACTOR": "1.5"})


if __name__ == "__main__":
    main()
