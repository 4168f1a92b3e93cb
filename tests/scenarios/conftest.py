"""One demo for all tests of the outside view that leave it whole."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.harness import Centre, free_port


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A running demo without agents; its trunk and its bench peer answer and echo. In all that is
    done to it there may be no bug of its own, and no secret in its log."""
    far, media = free_port(), free_port()
    settings = {
        "bench.peer": f"127.0.0.1:{far}",
        "trunks": f'[{{name = "line", board = "board0", host = "127.0.0.1:{far}", register = false}}]',
        "outgoing": '[{match = "0[1-9]*"}]',
    }
    folder = tmp_path_factory.mktemp("outside")
    echo = [
        "sipp",
        "-sn",
        "uas",
        "-rtp_echo",
        "-i",
        "127.0.0.1",
        "-p",
        str(far),
        "-mp",
        str(media),
        "-nostdin",
    ]
    with (folder / "sipp.out").open("wb") as out:
        answering = subprocess.Popen(echo, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        with Centre(folder / "demo", settings=settings) as running:
            yield running
            check_log(running)
    finally:
        answering.kill()
        answering.wait()


def check_log(centre: Centre) -> None:
    assert centre.log_lines("internal_error") == []
    text = Path(centre.facts["log"]).read_text()
    assert "Traceback" not in text
    secrets = [row["password"] for row in centre.facts["users"].values()] + list(centre.tokens.values())
    assert not any(secret in text for secret in secrets)
