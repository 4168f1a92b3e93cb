"""What a starting server must not wait for."""

import subprocess
import sys

import pytest

SLOW = ("sqlalchemy", "fastapi", "uvicorn", "numpy", "reportlab", "httpx")


@pytest.mark.req("X9")
def test_the_floor_decides_before_records_web_and_sound_are_imported():
    code = "import sys, app.cli.server; print(*sorted(set(sys.modules) & set(sys.argv[1:])))"
    told = subprocess.run([sys.executable, "-c", code, *SLOW], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
