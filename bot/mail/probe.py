"""What is wrong with the mail servers' settings, in sentences that say how to put it right: for `rightsdesk check`."""

import contextlib
import ipaddress
import socket
import ssl

from bot.mail.imap import Connection
from bot.mail.settings import ImapSettings, Security, SmtpSettings
from bot.mail.smtp import probe_line
from bot.ports import Refused, Unreachable


def probe_imap(settings: ImapSettings) -> list[str]:
    """Empty if the mailbox can be read as configured. Blocks; changes nothing on the server."""
    try:
        with contextlib.closing(Connection(settings)) as connection:
            return [*_open_line(settings.host, settings.security), *_mailbox(connection, settings)]
    except Refused as refused:
        return [f"{refused}. Check the user, the password, and whether the account may use IMAP."]
    except Unreachable as error:
        return [f"{error}. {_hint(error, settings.security, settings.host)}"]


async def probe_smtp(settings: SmtpSettings) -> list[str]:
    """Empty if a connection up to the login works. Sends no letter."""
    try:
        await probe_line(settings)
    except Unreachable as error:
        return [f"{error}. {_hint(error, settings.security, settings.host)}"]
    except ValueError:
        return ["the envelope sender is not a plain mail address. Write it as name@domain, without a display name."]
    return _open_line(settings.host, settings.security)


def _mailbox(connection: Connection, settings: ImapSettings) -> list[str]:
    found = []
    try:
        selected = connection.select()
    except Refused as refused:
        return [f"{refused}. Check its name (the inbox is INBOX) and the account's rights."]
    if not connection.has_idle and settings.poll_ms is None:
        found.append(
            f"The server offers no IDLE, so new mail is looked for every {settings.poll_seconds:g} seconds only. "
            "This works; poll_ms makes it quicker."
        )
    if not selected.keywords:
        found.append(
            f"The server keeps no keyword {settings.keyword} in this mailbox: staff will not see which mails are "
            "handled. Allow keywords there, or set move_to."
        )
    if settings.move_to is not None:
        if not connection.has_move:
            found.append("The server cannot move mail (no MOVE): leave move_to empty.")
        if not connection.folder_exists(settings.move_to):
            found.append(f"There is no folder {settings.move_to!r}: create it, or correct move_to.")
    return found


def _open_line(host: str, security: Security) -> list[str]:
    if security != "none" or _is_loopback(host):
        return []
    return [f"The password travels to {host} in the open: set security to tls or starttls."]


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _hint(error: Unreachable, security: Security, host: str) -> str:
    causes = _causes(error)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"The name {host} is not known: check the host and this machine's DNS."
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes) or "Connect call failed" in str(error):
        return "Nothing listens there: check host and port (IMAP 993 with tls, 143 with starttls; SMTP 465 and 587)."
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return "Check that the host is the name in the certificate; for an authority of your own set ca_file."
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"The port does not speak TLS from the start: with security {security} another port is meant."
    if "STARTTLS" in str(error):
        return "Use the server's TLS port with security tls. Without encryption nothing is sent on purpose."
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return "A firewall may drop the packets, or the port is one that waits for TLS: check port and security."
    return "Check host, port, security, user and password."


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return chain
