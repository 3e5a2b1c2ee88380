"""Whether the address a site should answer at can be had, said before anything else is done."""

import errno
import socket

from app.errors import ConfigurationError

HIGHEST_PORT = 65535
SUGGESTED = 8080
TRIED = 50


def claim_address(host: str, port: int) -> None:
    """Look whether this program could listen there.

    Raises:
        ConfigurationError: it could not; the message says why and what to type instead.
    """
    if not 0 < port <= HIGHEST_PORT:
        raise ConfigurationError(
            f"{port} is not a port. Give one between 1024 and {HIGHEST_PORT}:\n"
            f"  make run PORT={SUGGESTED}"
        )
    try:
        _listen(host, port)
    except OSError as error:
        raise ConfigurationError(_refusal(host, port, error)) from None


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use already, perhaps by an earlier start in another window. "
            "End that one with Ctrl-C, or take another port:\n"
            f"  make run PORT={_free_port(host, port)}"
        )
    if error.errno == errno.EACCES:
        return (
            f"This machine lets only its administrator use port {port}. Take a higher one:\n"
            f"  make run PORT={_free_port(host, SUGGESTED)}"
        )
    return f"Nothing can listen at {host}, port {port}: {error.strerror or error}."


def _free_port(host: str, after: int) -> int:
    for port in range(after + 1, min(after + TRIED, HIGHEST_PORT)):
        try:
            _listen(host, port)
        except OSError:
            continue
        return port
    return SUGGESTED


def _listen(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # as the server does: a port left a moment ago may be taken again
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)
