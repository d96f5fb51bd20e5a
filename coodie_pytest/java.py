"""What a real Cassandra needs from this machine: a JDK of the right version, and its jars in a per-user cache.

Apache publishes Cassandra to Maven Central as ordinary jars; Maven fetches them once, 64 MB. Several processes may ask
at the same time: one fetches, the others wait, and a fetch that is interrupted leaves nothing behind.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

CASSANDRA_VERSION = "5.0.6"
_SUPPORTED = (17, 11)
_JVM_FOLDERS = ("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines", "~/.sdkman/candidates/java")

_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>coodie</groupId><artifactId>cassandra</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.apache.cassandra</groupId><artifactId>cassandra-all</artifactId>
    <version>{CASSANDRA_VERSION}</version>
  </dependency></dependencies>
</project>
"""


class CannotStart(Exception):
    """A real cluster cannot be started here; the message says what is missing or shows the server's log."""


def java() -> Path:
    """The `java` of a JDK 17 or 11: from JAVA_HOME, the PATH or where systems keep their JDKs."""
    seen: dict[Path, int | None] = {}
    for candidate in _candidates():
        binary = candidate.resolve()
        if binary in seen or not binary.is_file():
            continue
        seen[binary] = _major_version(binary)
        if seen[binary] in _SUPPORTED:
            return binary
    found = ", ".join(f"{binary} is {version or 'no JDK'}" for binary, version in seen.items())
    raise CannotStart(
        f"Cassandra {CASSANDRA_VERSION} needs a JDK 17 (or 11). Install one (Debian, Ubuntu: "
        f"`apt-get install openjdk-17-jdk-headless`) or point JAVA_HOME at it. Found: {found or 'none'}."
    )


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if on_path := shutil.which("java"):
        yield Path(on_path)
    for folder in _JVM_FOLDERS:
        for installed in sorted(Path(folder).expanduser().glob("*")):
            yield installed / "bin" / "java"
            yield installed / "Contents" / "Home" / "bin" / "java"


def _major_version(binary: Path) -> int | None:
    """11 for `version "11.0.2"`; None where the file does not say."""
    answer = subprocess.run([binary, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', answer.stderr)
    return int(found[1]) if found else None


def jars(java_binary: Path) -> Path:
    """The folder with Cassandra's jars, fetched with Maven when this user's cache has none yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "coodie"
    target = cache / f"cassandra-{CASSANDRA_VERSION}"
    if target.is_dir():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            _fetch(target, java_binary)
    return target


def _fetch(target: Path, java_binary: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotStart(
            f"Maven fetches Cassandra's jars into {target}, once; there is no `mvn` on the PATH. Install it "
            "(Debian, Ubuntu: `apt-get install maven`)."
        )
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetch-") as folder:
        Path(folder, "pom.xml").write_text(_POM)
        command = [
            *(maven, "-q", "-B", "dependency:copy-dependencies"),
            *("-DoutputDirectory=lib", "-DincludeScope=runtime"),
        ]
        environment = os.environ | {"JAVA_HOME": str(java_binary.parent.parent)}
        answer = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if answer.returncode != 0:
            raise CannotStart(
                f"Maven could not fetch Cassandra {CASSANDRA_VERSION}:\n{(answer.stdout + answer.stderr)[-4000:]}"
            )
        # The rename is what makes the cache valid: a folder of this name is always complete.
        Path(folder, "lib").rename(target)
