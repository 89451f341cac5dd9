"""django-helpdesk, tuned, on privacy letters like ours: the rate to compare with, measured in the same hour.

Needs the peers' scripts in ../shared/bench beside the repository, and a package index: it is installed into a temporary
environment outside the repository, which is removed. `python -m tests.bench.peer [--mails 300]`
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.letters import mails

SCRIPTS = Path(__file__).resolve().parents[2].parent / "shared" / "bench"
NAME = "helpdesk-sqlite-wal"


def peer(count: int) -> dict[str, Any]:
    """Its row, or the reason why there is none."""
    if not SCRIPTS.is_dir():
        return {"what": "django-helpdesk", "left out": f"{SCRIPTS} is not there"}
    with tempfile.TemporaryDirectory(prefix="rightsdesk-peer-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            return _measured(folder, count)
        except subprocess.CalledProcessError as error:
            words = (error.stderr or error.stdout or b"").decode(errors="replace")
            return {"what": "django-helpdesk", "left out": f"{error.cmd[:3]}: {words[-300:]}"}
        finally:
            _run(sys.executable, str(SCRIPTS / "servers.py"), "down", str(folder / "run"), check=False)


def _measured(folder: Path, count: int) -> dict[str, Any]:
    for each in ("log", "hd/template", "corpus/main"):
        (folder / each).mkdir(parents=True)
    for number, mail in enumerate(mails(count, privacy=1.0, tag="peer")):
        (folder / "corpus/main" / f"{number:04d}.eml").write_bytes(mail.raw)
    _install(folder)
    _run(sys.executable, str(SCRIPTS / "servers.py"), "up", str(folder / "run"), "imap", "smtp")
    out = folder / "out.json"
    _run(
        sys.executable, str(SCRIPTS / "peers_bench.py"), str(folder), str(out),
        "--rounds", "1", "-n", str(count), "--only", NAME,
    )  # fmt: skip
    found = json.loads(out.read_text())[0]
    return {
        "what": "django-helpdesk", "mails": found["mails"], "tickets": found["tickets"], "answers": found["acks"],
        "mails/s": round(found["rate"], 1), "cpu ms/mail": round(found["cpu_per_mail_ms"], 2),
        "cores used by others": round(found["others"], 2),
    }  # fmt: skip


def _install(folder: Path) -> None:
    python = str(folder / "venv-helpdesk/bin/python")
    _run(sys.executable, "-m", "venv", str(folder / "venv-helpdesk"))
    _run(python, "-m", "pip", "install", "--quiet", "django-helpdesk")
    manage = SCRIPTS / "peers/helpdesk"
    environment = os.environ | {"HD_DIR": str(folder / "hd"), "HD_DB": "sqlite", "PYTHONPATH": str(manage)}
    for command in (["manage.py", "migrate"], ["manage.py", "loaddata", "emailtemplate.json"], ["hdqueue.py"]):
        _run(python, str(manage / command[0]), *command[1:], env=environment, cwd=manage)
    (folder / "hd/hd.sqlite3").rename(folder / "hd/template/hd.sqlite3")


def _run(*command: str, check: bool = True, **options: Any) -> None:
    """Words go to a file: a server that stays behind would keep a pipe open for ever."""
    with tempfile.TemporaryFile() as words:
        done = subprocess.run(command, check=False, stdout=words, stderr=words, **options)
        words.seek(0)
        if check and done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, stderr=words.read())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=300)
    print(peer(parser.parse_args().mails))


if __name__ == "__main__":
    main()
