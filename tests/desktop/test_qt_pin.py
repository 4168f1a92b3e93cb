"""PySide6 6.12 on Python 3.11 loses a reference to True per emit and to None per void call, and dies."""

import subprocess
import sys

PROGRAM = """
from PySide6.QtCore import QCoreApplication, QObject, Signal
class Bell(QObject):
    rung = Signal(bool)
app = QCoreApplication([])
bell, heard = Bell(), []
bell.rung.connect(heard.append)
for _ in range(5000):
    bell.rung.emit(True)
for _ in range(20000):
    bell.setObjectName("bell")
assert len(heard) == 5000
"""


def test_signals_and_void_calls_do_not_eat_python():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
