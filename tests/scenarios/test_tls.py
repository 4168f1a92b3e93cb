"""A centre whose port speaks TLS: an agent answers over it, and refuses a server that became another."""

import asyncio
import os
import socket
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.server.tls.own import keep
from app.server.tls.pair import Pair
from app.wire.fingerprint import pin_of_file, words
from drivers.telephony.caller import CallingPhone
from tests.scenarios.harness import Centre, until
from tests.scenarios.people import Agents, settle

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120), pytest.mark.req("G5")]


def certificate(folder: Path) -> Pair:
    pair = Pair(folder / "site.pem", folder / "site.key", own=True)
    keep(pair, "127.0.0.1", datetime.now(UTC))
    return pair


def shake_hands(address: tuple[str, int], newest: ssl.TLSVersion) -> str | None:
    """The protocol the port agrees to with a client that knows no newer one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.maximum_version = newest
    with socket.create_connection(address, 5.0) as plain, context.wrap_socket(plain) as secured:
        return secured.version()


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_an_agent_answers_over_tls_and_refuses_a_server_that_became_another(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    folder = tmp_path / "demo"
    pair = certificate(folder)
    settings = {"server.tls_certificate": pair.certificate.name, "server.tls_key": pair.key.name}
    with Centre(folder, settings=settings) as centre:
        assert centre.facts["http"].startswith("https://") and centre.facts["ws"].startswith("wss://")
        host, _, port = centre.facts["http"].removeprefix("https://").rpartition(":")
        assert shake_hands((host, int(port)), ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        with pytest.raises(ssl.SSLError):
            shake_hands((host, int(port)), ssl.TLSVersion.TLSv1_1)
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://{host}:{port}/api/v1/health", trust_env=False)
        # 40 ms and more would be the wait for a delayed ACK: an answer goes out in two writes.
        assert min(took_s(centre) for _ in range(20)) < 0.03
        with Agents(centre, 1, "--answer-after=0.1", "--hang-up-after=0.5") as agents:
            call(centre, "13911119001")
            until("the call is wrapped up", lambda: agents.lines("wrapped_up"))
            (row,) = settle(centre, 1)
            assert (row["outcome"], row["agent"]) == ("answered", "a01")
            known = tmp_path / "user" / "zongji" / "known_servers"
            assert known.read_text() == f"{host}:{port} {pin_of_file(pair.certificate)}\n"

            pair.certificate.unlink()
            pair.key.unlink()
            now = words(pin_of_file(certificate(folder).certificate), "en")
            centre.kill("server")
            assert agents.process.wait(20) == 1
            told = (folder / "agents-a01.err").read_text()
            assert now in told and "证书变了" in told and "Traceback" not in told
            assert known.read_text().count("\n") == 1


def took_s(centre: Centre) -> float:
    began = time.perf_counter()
    assert centre.health()
    return time.perf_counter() - began


def call(centre: Centre, number: str) -> None:
    """Until the agent hangs up."""

    async def calling() -> None:
        phone = await CallingPhone.open(centre.sip)
        made = await phone.call("9120", number)
        assert await made.answered()
        async with asyncio.timeout(15):
            await made.ended
        await phone.close()

    asyncio.run(calling())
