"""A Dovecot of our own: IMAP, IMAPS and LMTP on random ports; every user name has a mailbox, all with one password."""

import getpass
import grp
import imaplib
import os
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import free_port, listens, require, until
from tests.servers.certificates import self_signed

PASSWORD = "secret-of-the-tests"
_MAIL_USER = 5000

_CONFIGURATION = """
base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
auth_username_format = %Ln
mail_location = maildir:{d}/mail/%u
mail_fsync = never
first_valid_uid = 1
{who}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={d}/home/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Ours {{
    auto = create
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
protocol imap {{
  mail_max_userip_connections = 64
}}
protocol lmtp {{
  postmaster_address = postmaster@opterre.example
}}
"""

_NOT_ROOT = """
default_internal_user = {me}
default_login_user = {me}
default_internal_group = {group}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """Where it listens, and what staff and the world may do to a mailbox."""

    folder: Path
    imap: int
    imaps: int
    lmtp: int
    ca_file: Path
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Serve; returns once every port is listened on."""
        program = require("dovecot", "dovecot-imapd dovecot-lmtpd")
        self._process = subprocess.Popen([str(program), "-F", "-c", str(self.folder / "dovecot.conf")])
        for port in (self.imap, self.imaps, self.lmtp):
            until(lambda port=port: listens(port), f"Dovecot at {port}")  # type: ignore[misc]

    def stop(self) -> None:
        """Go away; `start` brings it back with all its mail."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def deliver(self, user: str, *letters: bytes) -> None:
        """By LMTP, as a mail server would; returns when Dovecot has them."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            for letter in letters:
                assert not lmtp.sendmail("someone@example.org", [f"{user}@opterre.example"], letter)

    def doveadm(self, *arguments: str) -> str:
        command = ["doveadm", "-c", str(self.folder / "dovecot.conf"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def staff(self, user: str, mailbox: str = "INBOX") -> imaplib.IMAP4:
        """A second client, as a person would have it open beside the bot."""
        client = imaplib.IMAP4("127.0.0.1", self.imap)
        client.login(user, PASSWORD)
        client.select(mailbox)
        return client


@contextmanager
def run_dovecot() -> Iterator[Dovecot]:
    require("dovecot", "dovecot-imapd dovecot-lmtpd")
    require("lmtp", "dovecot-lmtpd")
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-dovecot-"))
    folder.chmod(0o755)
    try:
        server = _configure(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path) -> Dovecot:
    root = os.geteuid() == 0
    uid, gid = (_MAIL_USER, _MAIL_USER) if root else (os.getuid(), os.getgid())
    for name in ("run", "state", "mail", "home"):
        (folder / name).mkdir()
    if root:
        for name in ("mail", "home"):
            os.chown(folder / name, uid, gid)
    cert, key = self_signed(folder)
    server = Dovecot(folder, free_port(), free_port(), free_port(), cert)
    text = _CONFIGURATION.format(
        d=folder,
        cert=cert,
        key=key,
        password=PASSWORD,
        uid=uid,
        gid=gid,
        imap=server.imap,
        imaps=server.imaps,
        lmtp=server.lmtp,
        who="" if root else _NOT_ROOT.format(me=getpass.getuser(), group=grp.getgrgid(gid).gr_name),
    )
    (folder / "dovecot.conf").write_text(text)
    return server


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with run_dovecot() as server:
        yield server
