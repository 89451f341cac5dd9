"""smtp-sink, which takes every mail and keeps it, and a whole Postfix of our own that delivers by LMTP."""

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import free_port, listens, missing, require, until
from tests.servers.dovecot import Dovecot

_MAIN = """
compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
maillog_file = {d}/log
maillog_file_prefixes = {d}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.opterre.example
mydestination =
alias_maps =
local_recipient_maps =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject
default_transport = lmtp:inet:127.0.0.1:{lmtp}
relay_transport = lmtp:inet:127.0.0.1:{lmtp}
message_size_limit = 200000
biff = no
smtpd_peername_lookup = no
smtputf8_enable = no
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
lmtp      unix  -       -       n       -       -       lmtp
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""


@dataclass(frozen=True)
class Sink:
    """`mails()` are the bytes of every mail taken so far, with LF line ends and the sink's own few headers on top."""

    port: int
    folder: Path

    def mails(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.folder.iterdir())]


@contextmanager
def run_sink(*options: str) -> Iterator[Sink]:
    """`options` of smtp-sink(1) bring faults: -q verb closes, -r verb answers 4xx, -f verb answers 5xx, -8, -p, -w …"""
    program = require("smtp-sink", "postfix")
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-sink-"))
    port = free_port()
    who: list[str] = []
    if os.geteuid() == 0:
        who = ["-u", "nobody"]
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    command = [str(program), *who, *options, "-d", str(folder / "mail."), f"127.0.0.1:{port}", "64"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port), "smtp-sink")
        yield Sink(port, folder)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def run_postfix(dovecot: Dovecot) -> Iterator[int]:
    """Its SMTP port. What it takes arrives in the Dovecot mailbox of the recipient's local part."""
    program = require("postfix", "postfix")
    if os.geteuid() != 0:
        missing("Postfix starts only as root")
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-postfix-"))
    folder.chmod(0o755)
    port, owner = free_port(), pwd.getpwnam("postfix").pw_uid
    for name, group in (("queue", 0), ("data", grp.getgrnam("postfix").gr_gid), ("etc", 0)):
        (folder / name).mkdir()
        os.chown(folder / name, owner if name == "data" else 0, group)
    (folder / "etc/main.cf").write_text(_MAIN.format(d=folder, lmtp=dovecot.lmtp))
    (folder / "etc/master.cf").write_text(_MASTER.format(port=port))
    command = [str(program), "-c", str(folder / "etc")]
    try:
        subprocess.run([*command, "start"], check=True, capture_output=True)
        until(lambda: listens(port), "Postfix")
        yield port
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with run_sink() as running:
        yield running


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[int]:
    with run_postfix(dovecot) as port:
        yield port
