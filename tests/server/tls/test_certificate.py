"""The server's certificate: made once, renewed with its key, and refused in one sentence when it is wrong."""

import os
import ssl
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from app.domain.configuration import ServerSettings
from app.server.plan import CannotStart
from app.server.tls.context import context_of, read_certificate
from app.server.tls.own import RENEW_DAYS, VALID_DAYS, keep
from app.server.tls.pair import Pair, base_url, pair_of
from app.wire.fingerprint import pin_of_file

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def pair(tmp_path):
    made = pair_of(ServerSettings(listen="192.0.2.7:8080"), tmp_path)
    keep(made, "192.0.2.7", NOW)
    return made


@pytest.mark.parametrize(
    ("settings", "tls"),
    [
        ({"listen": "127.0.0.1:8080"}, False),
        ({"listen": "127.9.0.1:8080"}, False),
        ({"listen": "[::1]:8080"}, False),
        ({"listen": "localhost:8080"}, False),
        ({"listen": "127.0.0.1:8080", "tls_certificate": "a.pem"}, True),
        ({"listen": "0.0.0.0:8080"}, True),
        ({"listen": "[::]:8080"}, True),
        ({"listen": ":8080"}, True),
        ({"listen": "192.0.2.7:8080"}, True),
        ({"listen": "office.example:8080"}, True),
    ],
)
def test_off_loopback_the_port_speaks_tls_always(settings, tls, tmp_path):
    chosen = ServerSettings(**settings)
    assert (pair_of(chosen, tmp_path) is not None) is tls
    assert base_url(chosen).startswith("https://" if tls else "http://")


def test_the_server_names_itself_where_it_listens_on_every_address():
    assert base_url(ServerSettings(listen="0.0.0.0:8080"), reach="127.0.0.1") == "https://127.0.0.1:8080"
    assert "0.0.0.0" not in base_url(ServerSettings(listen="0.0.0.0:8080"))


def test_it_is_named_after_the_machine_and_lives_long(pair):
    certificate = read_certificate(pair.certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost"} <= set(names.get_values_for_type(x509.DNSName))
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    assert addresses == {"192.0.2.7", "127.0.0.1", "::1"}
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    assert certificate.not_valid_after_utc == NOW + timedelta(days=VALID_DAYS)
    assert certificate.not_valid_before_utc < NOW


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_server_may_read_its_key(pair):
    assert stat.S_IMODE(pair.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(pair.key.parent.stat().st_mode) == 0o700


def test_it_is_made_once(pair):
    before = pair.certificate.read_bytes(), pair.key.read_bytes()
    for days in (0, 1, VALID_DAYS - RENEW_DAYS - 1):
        keep(pair, "other.example", NOW + timedelta(days=days))
    assert (pair.certificate.read_bytes(), pair.key.read_bytes()) == before


def test_a_renewed_certificate_is_still_the_server_that_clients_know(pair):
    pin, key = pin_of_file(pair.certificate), pair.key.read_bytes()
    late = NOW + timedelta(days=VALID_DAYS - RENEW_DAYS + 1)
    keep(pair, "192.0.2.7", late)
    assert read_certificate(pair.certificate).not_valid_after_utc == late + timedelta(days=VALID_DAYS)
    assert pin_of_file(pair.certificate) == pin and pair.key.read_bytes() == key
    context_of(pair)


def test_a_lost_certificate_is_made_again_with_the_key_a_lost_key_is_a_persons_decision(pair):
    pin = pin_of_file(pair.certificate)
    pair.certificate.unlink()
    keep(pair, "192.0.2.7", NOW)
    assert pin_of_file(pair.certificate) == pin
    pair.key.unlink()
    with pytest.raises(CannotStart, match="restore it from the backup"):
        keep(pair, "192.0.2.7", NOW)
    assert not pair.key.exists()


def test_older_protocols_than_1_2_are_not_spoken(pair):
    assert context_of(pair).minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_certificate_may_hold_its_key(pair, tmp_path):
    both = tmp_path / "both.pem"
    both.write_bytes(pair.certificate.read_bytes() + pair.key.read_bytes())
    context_of(pair_of(ServerSettings(tls_certificate="both.pem"), tmp_path))


def _of_another(pair):
    other = Pair(pair.certificate.with_name("b.pem"), pair.key.with_name("b.key"), own=True)
    keep(other, "b", NOW)
    return Pair(pair.certificate, other.key)


def _with_a_passphrase(pair):
    key = load_pem_private_key(pair.key.read_bytes(), None)
    secret = pair.key.with_name("secret.key")
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")))
    return Pair(pair.certificate, secret)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda pair: Pair(pair.certificate.with_name("none.pem"), pair.key), "the certificate .*none.pem cannot be read"),
        (lambda pair: Pair(pair.certificate, pair.key.with_name("none")), "the key .*none cannot be read"),
        (lambda pair: Pair(pair.key, pair.key), "holds no certificate in PEM"),
        (lambda pair: Pair(pair.certificate, pair.certificate), "holds no private key in PEM"),
        (lambda pair: Pair(pair.certificate.parent, pair.key), "cannot be read"),
        (_of_another, "is not the key of the certificate"),
        (_with_a_passphrase, "has a passphrase"),
    ],
)  # fmt: skip
def test_a_wrong_pair_is_one_sentence(pair, wrong, sentence):
    with pytest.raises(CannotStart, match=sentence) as told:
        context_of(wrong(pair))
    assert "\n" not in str(told.value)


def test_a_key_alone_is_a_mistake(tmp_path):
    with pytest.raises(CannotStart, match="set both or neither"):
        pair_of(ServerSettings(tls_key="a.key"), tmp_path)
