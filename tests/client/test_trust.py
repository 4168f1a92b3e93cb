"""Whom a client trusts: who is vouched for, else who was met first; never another afterwards."""

import asyncio
import os
import ssl
import stat
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.answers import LoginRefused
from app.client.connection import Connection
from app.client.credentials import GivenToken, Password
from app.client.http import HttpApi
from app.client.known_servers import SYSTEM, KnownServers, known_servers_file
from app.client.pinned import PinnedContext, WrongKey
from app.client.trust import ServerChanged, Trust
from app.server.tls.context import context_of
from app.server.tls.own import keep
from app.server.tls.pair import Pair
from app.wire.fingerprint import pin_of, pin_of_file, words
from tests.client.test_connection import Listener
from tests.fakes.live_server import FakeLiveServer

NOW = datetime.now(UTC)
PINS = st.binary(min_size=32, max_size=32).map(lambda digest: f"sha256:{digest.hex()}")
MARKS = st.one_of(PINS, st.just(SYSTEM))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Two servers' certificates."""
    folder = tmp_path_factory.mktemp("pairs")
    made = [Pair(folder / f"{name}.pem", folder / f"{name}.key", own=True) for name in "ab"]
    for pair in made:
        keep(pair, "127.0.0.1", NOW)
    return made


@pytest.fixture
def known(tmp_path):
    return KnownServers(tmp_path / "user" / "known_servers")


@asynccontextmanager
async def serving(pair):
    server = FakeLiveServer(context_of(pair))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def becomes(server, pair):
    """The same address, another certificate."""
    await server.stop()
    server.tls = context_of(pair)
    server.heard_bytes = 0
    await server.start()


async def log_in(server, trust, password="secret"):
    async with HttpApi(server.url, trust=trust) as http:
        return await http.log_in("a01", password)


def vouch_for(pair, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(pair.certificate))


# ------------------------------------------------------------------- the file


def test_the_file_lies_in_the_users_configuration(monkeypatch, tmp_path):
    if os.name != "nt":
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        assert known_servers_file() == tmp_path / "zongji" / "known_servers"
        monkeypatch.setenv("XDG_CONFIG_HOME", "")
        assert known_servers_file().parts[-3:] == (".config", "zongji", "known_servers")


@given(first=MARKS, later=st.lists(MARKS, max_size=4), noise=st.lists(st.text(max_size=40), max_size=4))
def test_a_servers_first_line_counts_whatever_is_added_later(tmp_path_factory, first, later, noise):
    known = KnownServers(tmp_path_factory.mktemp("known") / "known_servers")
    known.add("other:1", SYSTEM)
    known.add("host:1", first)
    for mark in later:
        known.add("host:1", mark)
        with known.file.open("a", encoding="utf-8") as lines:  # as another program would
            lines.write(f"host:1 {mark}\n")
    with known.file.open("a", encoding="utf-8", errors="replace") as lines:
        lines.writelines(noise)
    assert known.mark("host:1") == first and known.mark("host:2") == ""


def test_a_line_an_editor_left_open_loses_none(known):
    known.add("a:1", SYSTEM)
    known.file.write_text(known.file.read_text().rstrip())
    known.add("b:1", SYSTEM)
    assert known.mark("a:1") == known.mark("b:1") == SYSTEM


@given(pin=PINS)
def test_a_changed_pin_is_always_refused(pairs, pin):
    certificate = ssl.PEM_cert_to_DER_cert(pairs[0].certificate.read_text())
    context = PinnedContext(pin)
    with pytest.raises(WrongKey):  # 2^-256 that hypothesis draws the right one
        context.judge(certificate)
    PinnedContext(pin_of(certificate)).judge(certificate)


@pytest.mark.parametrize("certificate", [b"", b"nonsense", None])
def test_what_is_no_certificate_is_refused(certificate):
    with pytest.raises(WrongKey):
        PinnedContext("").judge(certificate)


# ------------------------------------------------------------------ over TLS


def test_a_server_is_remembered_at_the_first_login_and_not_before(pairs, known):
    async def story():
        async with serving(pairs[0]) as server:
            trust = Trust(known)
            with pytest.raises(LoginRefused, match="密码不对"):
                await log_in(server, trust, "wrong")
            assert trust.new_pin(server.url) == pin_of_file(pairs[0].certificate)
            assert not known.file.exists()
            await log_in(server, trust)
            assert known.mark(server.url.removeprefix("https://")) == pin_of_file(pairs[0].certificate)
            assert trust.new_pin(server.url) == "" and Trust(known).new_pin(server.url) == ""
            assert os.name == "nt" or stat.S_IMODE(known.file.stat().st_mode) == 0o600
            await log_in(server, Trust(known))

    asyncio.run(story())


def test_a_changed_certificate_is_refused_before_anything_is_sent(pairs, known):
    async def story():
        async with serving(pairs[0]) as server:
            trust = Trust(known)
            await log_in(server, trust)
            kept = known.file.read_text()
            async with HttpApi(server.url, trust=trust) as running:
                assert (await running.get("/api/v1/health")).status == 404
                await becomes(server, pairs[1])
                for asked in (running, HttpApi(server.url, trust=Trust(known))):
                    for _ in range(2):
                        reply = await asked.post("/api/v1/login", {"user": "a01", "password": "secret"})
                        assert (reply.status, reply.json["error"]) == (0, "certificate_changed")
                with pytest.raises(LoginRefused, match="has changed"):
                    await running.log_in("a01", "secret")
            assert server.heard_bytes == 0 and server.logins == 1 and known.file.read_text() == kept
            now = pin_of_file(pairs[1].certificate)
            for language, sentence in reply.json["sentences"].items():
                assert words(now, language) in sentence and str(known.file) in sentence
            known.file.unlink()  # what the sentence says to do
            await log_in(server, Trust(known))

    asyncio.run(story())


def test_it_is_refused_too_in_the_program_that_met_it_first_but_never_logged_in(pairs, known):
    async def story():
        async with serving(pairs[0]) as server:
            trust = Trust(known)
            await trust.context(server.url)
            await becomes(server, pairs[1])
            async with HttpApi(server.url, trust=trust) as http:
                assert (await http.get("/api/v1/health")).json["error"] == "certificate_changed"

    asyncio.run(story())


def test_a_line_that_is_no_longer_whole_refuses(pairs, known):
    async def story():
        async with serving(pairs[0]) as server:
            known.file.parent.mkdir()
            known.file.write_text(f"127.0.0.1:{server.address[1]}\n")
            with pytest.raises(ServerChanged):
                await Trust(known).context(server.url)

    asyncio.run(story())


def test_who_is_vouched_for_needs_no_pin_and_never_falls_back_to_one(pairs, known, monkeypatch):
    async def story():
        vouch_for(pairs[0], monkeypatch)
        async with serving(pairs[0]) as server:
            trust = Trust(known)
            await log_in(server, trust)
            assert trust.new_pin(server.url) == ""
            assert known.mark(f"127.0.0.1:{server.address[1]}") == SYSTEM
            await becomes(server, pairs[1])
            with pytest.raises(ServerChanged):
                await Trust(known).context(server.url)

    asyncio.run(story())


def test_a_pinned_server_may_get_a_certificate_that_is_vouched_for(pairs, known, monkeypatch):
    async def story():
        async with serving(pairs[0]) as server:
            trust = Trust(known)
            async with HttpApi(server.url, trust=trust) as http:
                await http.log_in("a01", "secret")
                vouch_for(pairs[1], monkeypatch)
                await becomes(server, pairs[1])
                assert (await http.get("/api/v1/nothing")).status == 404

    asyncio.run(story())


def test_a_certificate_handed_over_is_the_only_one_that_counts(pairs, known, monkeypatch):
    async def story():
        vouch_for(pairs[1], monkeypatch)
        async with serving(pairs[0]) as server:
            trust = Trust(known, given=pin_of_file(pairs[0].certificate))
            await log_in(server, trust)
            assert not known.file.exists()
            await becomes(server, pairs[1])
            async with HttpApi(server.url, trust=trust) as http:
                reply = await http.get("/api/v1/health")
                assert "handed to this program" in reply.json["message"]

    asyncio.run(story())


def test_the_live_link_goes_over_tls_and_ends_for_good_when_the_server_is_another(pairs, known):
    async def story():
        async with serving(pairs[0]) as server:
            trust, heard = Trust(known), Listener()
            async with HttpApi(server.url, trust=trust) as http:
                link = Connection(server.url, Password(http, "a01", "secret"), heard, trust=trust)
                link.start()
                await heard.until(lambda: heard.snapshots, 10.0)
                await becomes(server, pairs[1])
                await heard.until(lambda: heard.states[-1] == "refused", 10.0)
            assert heard.states == ["connecting", "online", "lost", "refused"]
            assert len(server.hellos) == 1 and server.heard_bytes == 0
            assert link.changed is not None and "证书变了" in link.last_error
            await link.close()

    asyncio.run(story())


def test_a_link_waits_for_a_server_that_is_away(pairs, known):
    async def story():
        server, heard = FakeLiveServer(context_of(pairs[0])), Listener()
        link = Connection(server.url, GivenToken("good"), heard, trust=Trust(known))
        link.start()
        await asyncio.sleep(0)
        await server.start()
        await heard.until(lambda: heard.snapshots, 10.0)
        await link.close()
        await server.stop()

    asyncio.run(story())


def test_the_pin_is_judged_on_plain_sockets_too(pairs):
    ready, over, address = threading.Event(), threading.Event(), []

    def serve():
        async def until_over():
            async with serving(pairs[0]) as server:
                address.append(server.url)
                ready.set()
                await asyncio.to_thread(over.wait, 10.0)

        asyncio.run(until_over())

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait(10.0)
    try:
        for pair, right in zip(pairs, (True, False), strict=True):
            with httpx.Client(verify=PinnedContext(pin_of_file(pair.certificate)), trust_env=False) as client:
                if right:
                    assert client.get(f"{address[0]}/x").status_code == 404
                else:
                    with pytest.raises(httpx.ConnectError, match="not the one known here"):
                        client.get(f"{address[0]}/x")
    finally:
        over.set()
        thread.join(10.0)
