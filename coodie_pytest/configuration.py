"""How a real Cassandra is configured for tests: quick to start, small, and with or without its optional features."""

import json
from dataclasses import dataclass
from pathlib import Path

_EXPORTS = (
    "java.base/jdk.internal.misc",
    "java.base/jdk.internal.ref",
    "java.base/sun.nio.ch",
    "java.base/java.lang.ref",
    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
    "java.rmi/sun.rmi.registry",
    "java.rmi/sun.rmi.server",
    "java.sql/java.sql",
    "jdk.unsupported/sun.misc",
    "jdk.unsupported/sun.reflect",
    "jdk.compiler/com.sun.tools.javac.file",
)
_OPENS = (
    "java.base/java.lang.module",
    "java.base/jdk.internal.loader",
    "java.base/jdk.internal.ref",
    "java.base/jdk.internal.reflect",
    "java.base/jdk.internal.math",
    "java.base/jdk.internal.module",
    "java.base/jdk.internal.util.jar",
    "java.base/sun.nio.ch",
    "java.base/java.io",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/java.lang",
    "java.base/java.lang.reflect",
    "java.base/java.lang.invoke",
    "java.base/java.math",
    "java.base/java.net",
    "jdk.management/com.sun.management.internal",
    "jdk.compiler/com.sun.tools.javac",
)
_JVM = (
    *(f"--add-exports={package}=ALL-UNNAMED" for package in _EXPORTS),
    *(f"--add-opens={package}=ALL-UNNAMED" for package in _OPENS),
    "-Djdk.attach.allowAttachSelf=true",
    # Started for a test, not for a year: what costs time at the start is left out.
    *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xss512k"),
    "-Dcassandra.skip_wait_for_gossip_to_settle=0",
    "-Dcassandra.superuser_setup_delay_ms=0",
    "-Dcassandra-foreground=yes",
    # Timestamps written without a zone mean the same on every machine.
    "-Duser.timezone=UTC",
)
_LOGBACK = """<configuration>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date{HH:mm:ss,SSS} %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="console"/></root>
</configuration>
"""


# A joining node waits this long, in milliseconds, to hear from its seed: two rounds of gossip.
_GOSSIP = 2_000


@dataclass(frozen=True, slots=True)
class Profile:
    """What a server has switched on."""

    options: dict[str, object]
    properties: tuple[str, ...] = ()


PROFILES = {
    # The server's own defaults: no materialized views, SASI or user functions.
    "default": Profile(options={}),
    "full": Profile(
        options={
            "materialized_views_enabled": True,
            "sasi_indexes_enabled": True,
            "user_defined_functions_enabled": True,
            "drop_compact_storage_enabled": True,
        },
        properties=("-Dcassandra.sai.vector.allow_custom_parameters=true",),
    ),
    # Who may do what is asked anew for each statement, so that a GRANT takes effect at once.
    "authentication": Profile(
        options={
            "authenticator": "PasswordAuthenticator",
            "authorizer": "CassandraAuthorizer",
            "roles_validity": "0ms",
            "permissions_validity": "0ms",
            "credentials_validity": "0ms",
            "user_defined_functions_enabled": True,
            "materialized_views_enabled": True,
        },
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What the nodes of one cluster have in common; a single node is a ring of one."""

    hosts: tuple[str, ...]
    native_port: int
    storage_port: int
    profile: str

    def write(self, folder: Path, host: str) -> None:
        """Put the node's configuration files into its folder."""
        settings = self._settings(folder, host) | PROFILES[self.profile].options
        # JSON is YAML.
        (folder / "cassandra.yaml").write_text(json.dumps(settings, indent=1))
        (folder / "logback.xml").write_text(_LOGBACK)

    def jvm_options(self, folder: Path, host: str) -> tuple[str, ...]:
        """The options of the node's JVM, all but its JMX port."""
        return (
            *_JVM,
            *PROFILES[self.profile].properties,
            *("-Xms512m", "-Xmx1g" if len(self.hosts) == 1 else "-Xmx512m"),
            f"-Djava.io.tmpdir={folder}",
            f"-Dcassandra.config=file://{folder}/cassandra.yaml",
            f"-Dlogback.configurationFile=file://{folder}/logback.xml",
            f"-Dcassandra.storagedir={folder}/data",
            f"-Dcassandra.initial_token={self._token(host)}",
            f"-Dcassandra.ring_delay_ms={_GOSSIP if host != self.hosts[0] else 1}",
        )

    def _token(self, host: str) -> int:
        """Evenly spaced over the ring."""
        nodes = len(self.hosts)
        return 0 if nodes == 1 else -(2**63) + 1 + self.hosts.index(host) * (2**64 // nodes)

    def _settings(self, folder: Path, host: str) -> dict[str, object]:
        data = folder / "data"
        seeds = {"seeds": f"{self.hosts[0]}:{self.storage_port}"}
        return {
            "cluster_name": "coodie",
            "num_tokens": 1,
            "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
            "endpoint_snitch": "SimpleSnitch",
            "listen_address": host,
            "rpc_address": host,
            "native_transport_port": self.native_port,
            "storage_port": self.storage_port,
            "start_native_transport": True,
            "seed_provider": [
                {"class_name": "org.apache.cassandra.locator.SimpleSeedProvider", "parameters": [seeds]}
            ],
            "commitlog_sync": "periodic",
            "commitlog_sync_period": "10000ms",
            "data_file_directories": [f"{data}/data"],
            "commitlog_directory": f"{data}/commitlog",
            "saved_caches_directory": f"{data}/saved_caches",
            "hints_directory": f"{data}/hints",
            "cdc_raw_directory": f"{data}/cdc_raw",
            "auto_snapshot": False,
            "commitlog_segment_size": "8MiB",
            "commitlog_total_space": "64MiB",
            "memtable_heap_space": "64MiB",
            "memtable_offheap_space": "64MiB",
        }
