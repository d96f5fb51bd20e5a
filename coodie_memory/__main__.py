"""`python -m coodie_memory`: a CQL server in memory, for any client of the native protocol.

Prints its address and serves until it is interrupted or terminated.
"""

import argparse
import asyncio
import signal
import ssl
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from coodie_memory.cluster import MemoryCluster
from coodie_memory.cql.lexer import split
from coodie_memory.dialect import DIALECTS
from coodie_memory.endpoint import MemoryLimit, passwords
from coodie_memory.errors import CqlError
from coodie_memory.server import Address, Server

_ROLES: Final = "authentication"
_SWITCHES: Final = ("materialized_views", "sasi", "user_defined_functions", "drop_compact_storage", _ROLES)


def main() -> None:
    """Run the command line."""
    options = _options(sys.argv[1:])
    cluster = MemoryCluster(dialect=options.dialect, **_switches(options))
    if options.memory_limit is not None:
        cluster.service.is_full = MemoryLimit(options.memory_limit)
    cluster.service.echoes_payload = options.echo_payload
    if options.load is not None:
        _load(cluster, options.load)
    server = Server(cluster.service, options.host, options.port, tls=_tls(options.tls))
    try:
        asyncio.run(_serve(server))
    except OSError as reason:
        sys.exit(f"{options.host}:{options.port}: {reason}")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m coodie_memory", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=9042, help="0 is any free one (default: %(default)s)")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="scylla", help="default: %(default)s")
    parser.add_argument(
        "--auth-file", type=Path, metavar="FILE", help="ask for one of its name:password lines"
    )
    parser.add_argument(
        "--enable",
        choices=_SWITCHES,
        action="append",
        default=[],
        metavar="NAME",
        help=f"what that server has switched off by default: {', '.join(_SWITCHES)}; may be given more than once",
    )
    parser.add_argument("--load", type=Path, metavar="FILE", help="CQL statements to begin with")
    parser.add_argument(
        "--tls", type=Path, nargs=2, metavar=("CERT", "KEY"), help="encrypt, with these PEM files"
    )
    parser.add_argument(
        "--memory-limit",
        type=_mebibytes,
        metavar="MIB",
        help="refuse to store more once the process is so big",
    )
    parser.add_argument("--echo-payload", action="store_true", help="send custom payloads back")
    parser.add_argument(
        "--insecure", action="store_true", help="listen beyond this machine without authentication"
    )
    options = parser.parse_args(arguments)
    asks_who = options.auth_file is not None or _ROLES in options.enable
    if options.auth_file is not None and _ROLES in options.enable:
        parser.error(
            f"--auth-file has the passwords in its lines, --enable {_ROLES} in roles: give one of them"
        )
    if not (_is_loopback(options.host) or asks_who or options.insecure):
        parser.error(
            f"{options.host} can be reached from other machines: give --auth-file, or --insecure if anybody may come"
        )
    return options


def _port(text: str) -> int:
    if (port := int(text)) not in range(1 << 16):
        raise argparse.ArgumentTypeError(f"{port} is no port: there are 0 to 65535")
    return port


def _mebibytes(text: str) -> int:
    if (mebibytes := int(text)) <= 0:
        raise argparse.ArgumentTypeError(f"{mebibytes} MiB are no room for anything")
    return mebibytes


_port.__name__, _mebibytes.__name__ = "port", "number of MiB"  # what argparse calls them if `int` refuses


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _load(cluster: MemoryCluster, path: Path) -> None:
    session = cluster.session()
    try:
        for statement in split(path.read_text()):
            session.execute(statement)
    except (OSError, UnicodeError, CqlError) as reason:
        sys.exit(f"{path}: {reason}")


def _switches(options: argparse.Namespace) -> dict[str, Any]:
    """What the cluster is to have besides its dialect."""
    switched_on: dict[str, Any] = dict.fromkeys(options.enable, True)
    if options.auth_file is not None:
        switched_on[_ROLES] = _passwords(options.auth_file)
    return switched_on


def _passwords(path: Path) -> dict[str, str]:
    try:
        return passwords(path)
    except (OSError, ValueError) as reason:
        sys.exit(f"{path}: {reason}")


def _tls(files: list[Path] | None) -> ssl.SSLContext | None:
    if files is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        certificate, key = files
        context.load_cert_chain(certificate, key)
    except OSError as reason:  # ssl.SSLError is one
        sys.exit(f"{' '.join(map(str, files))}: {reason}")
    return context


async def _serve(server: Server) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await server.serve(stop, _announce)


def _announce(address: Address) -> None:
    print(address, flush=True)  # noqa: T201  # what a command prints is its answer


if __name__ == "__main__":
    main()
