"""`--certificate FILE` of the programs that log in: the server's certificate, known beforehand."""

import argparse
from pathlib import Path

from app.cli.errors import CommandFailed
from app.client.trust import Trust
from app.wire.fingerprint import pin_of_file


def add_certificate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--certificate",
        type=Path,
        metavar="PEM",
        help="the server's certificate, copied from it: no other server is accepted. Without it one that nobody "
        "vouches for is remembered at the first login, and must stay the same",
    )


def trust_of(arguments: argparse.Namespace) -> Trust:
    """Raises CommandFailed."""
    file: Path | None = arguments.certificate
    if file is None:
        return Trust()
    try:
        return Trust(given=pin_of_file(file))
    except OSError as error:
        raise CommandFailed(f"--certificate: {file} cannot be read: {error.strerror}") from None
    except ValueError:
        raise CommandFailed(f"--certificate: {file} holds no certificate in PEM") from None
