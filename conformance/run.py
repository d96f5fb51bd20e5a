"""`python -m conformance.run FILE… [--coodie-hosts HOST:PORT]`: print what a real server answers, for writing scripts.

Prints each script as `--update-golden` would write it, and writes nothing. FILE may be `-` for standard input. Without
hosts a Cassandra is started and stopped.
"""

import argparse
import sys
from pathlib import Path

from conformance.runner import run
from conformance.script import MalformedScript, parse
from conformance.server_target import ServerTarget
from coodie_pytest.servers import Address, Servers


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m conformance.run", description=__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--coodie-hosts", type=Address.parse, metavar="HOST[:PORT]")
    parser.add_argument("--profile", choices=("default", "full", "authentication"), default="default")
    options = parser.parse_args()
    servers = Servers(options.coodie_hosts)
    try:
        address = servers.address(options.profile)
        target = ServerTarget(address.hosts[0], address.port, "cassandra")
        for name in options.files:
            show(name, target)
        target.close()
    except MalformedScript as wrong:
        sys.exit(str(wrong))
    finally:
        servers.stop()


def show(name: str, target: ServerTarget) -> None:
    """Print the script with its answers. A file's folder lends its shared tables."""
    script = parse(sys.stdin.read() if name == "-" else Path(name).read_text(), name)
    with target.open(script, Path(name).resolve().parent) as client:
        sys.stdout.write(run(script, client).text())


if __name__ == "__main__":
    main()
