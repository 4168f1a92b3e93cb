"""The certificate a site makes for itself: once, and again with the same key shortly before its end.

The key is what clients pin, so it is never made twice: a missing key beside a certificate is an
error a person must decide. Knows no clock: the time is an argument.
"""

import ipaddress
import os
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.server.plan import CannotStart
from app.server.tls.context import read_certificate
from app.server.tls.pair import Pair, is_every_address

VALID_DAYS: Final = 3650
RENEW_DAYS: Final = 90  # before its end
EARLIER: Final = timedelta(days=1)  # for clients whose clock is late


def keep(pair: Pair, host: str, now: datetime) -> None:
    """Have a key and a certificate that is valid for some time yet; what is there and good stays.

    Args:
        host: where the server listens; a name of the certificate beside the machine's and localhost.
        now: with a time zone.
    Raises:
        CannotStart: the folder cannot be written, or what is there cannot be used.
    """
    try:
        pair.certificate.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not pair.key.exists():
            if pair.certificate.exists():
                raise CannotStart(
                    f"{pair.key} is gone: restore it from the backup, or remove {pair.certificate} too "
                    "and let every client learn the new certificate"
                )
            _write(pair.key, _new_key(), mode=0o600)
        if not pair.certificate.exists() or _ends(pair.certificate) - now < timedelta(days=RENEW_DAYS):
            _write(pair.certificate, _signed(_loaded(pair.key), host, now), mode=0o644)
    except OSError as error:
        raise CannotStart(f"{pair.certificate.parent} cannot be written: {error.strerror}") from None


def _ends(file: Path) -> datetime:
    return read_certificate(file).not_valid_after_utc


def _new_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _loaded(file: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (TypeError, ValueError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CannotStart(f"{file} is not the key this server made; restore it from the backup")
    return key


def _signed(key: ec.EllipticCurvePrivateKey, host: str, now: datetime) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Zongji")])
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(list(_names(host))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(own, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
    )
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _names(host: str) -> Iterator[x509.GeneralName]:
    wanted = [] if is_every_address(host) else [host.strip("[]")]
    for name in dict.fromkeys([*wanted, socket.gethostname(), "localhost", "127.0.0.1", "::1"]):
        try:
            yield x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            if name.isascii():  # a certificate has no other names
                yield x509.DNSName(name)


def _write(file: Path, content: bytes, *, mode: int) -> None:
    """Whole or not at all; never readable by others in between."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(fresh, flags, mode), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
