"""Whether a certificate and its key can be used, and what a listening port needs of them.

Knows nothing of uvicorn, nor of how clients judge what they see.
"""

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from app.server.plan import CannotStart
from app.server.tls.pair import Pair


def context_of(pair: Pair) -> ssl.SSLContext:
    """What a listening port needs; TLS 1.2 at least.

    Raises:
        CannotStart: missing, unreadable, no PEM, a key with a passphrase, or not of each other.
    """
    certificate, key = read_certificate(pair.certificate), _read_key(pair.key)
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certificate.public_key().public_bytes(*form) != key.public_key().public_bytes(*form):
        raise CannotStart(f"the key {pair.key} is not the key of the certificate {pair.certificate}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(pair.certificate, pair.key)
    except ssl.SSLError as error:
        raise CannotStart(f"the certificate {pair.certificate} cannot be used: {error.reason}") from None
    return context


def read_certificate(file: Path) -> x509.Certificate:
    """The server's own certificate: the first of the file. Raises CannotStart."""
    try:
        return x509.load_pem_x509_certificate(_read(file, "certificate"))
    except ValueError:
        raise CannotStart(f"the file {file} holds no certificate in PEM") from None


def _read_key(file: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(_read(file, "key"), password=None)
    except TypeError:
        raise CannotStart(f"the key {file} has a passphrase; the server needs it without one") from None
    except ValueError:
        raise CannotStart(f"the file {file} holds no private key in PEM") from None


def _read(file: Path, what: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotStart(f"the {what} {file} cannot be read: {error.strerror}") from None
