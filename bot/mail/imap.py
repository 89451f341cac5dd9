"""One connection to an IMAP server, and the only file that knows imapclient. Not for two threads at once.

Every failure becomes `Unreachable` (close the connection, never use it again) or `Refused` (the server said no).
Server lines are never quoted in an error unless they answer LOGIN, SELECT, STORE or MOVE: others may hold mail.
"""

import contextlib
import imaplib
import logging
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from bot.mail.settings import ImapSettings, tls_context
from bot.mail.wire import TooMuch, Wire
from bot.ports import Refused, Unreachable

logging.getLogger("imapclient").setLevel(logging.WARNING)  # at DEBUG it logs the account and every search


@dataclass(frozen=True, slots=True)
class Selected:
    """A mailbox as the server opened it. `keywords` says whether our keyword may be set and will be kept."""

    uidvalidity: int
    uidnext: int | None
    keywords: bool


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server says of a mail before its body is asked for: bytes, arrival (UTC) and flags."""

    size: int
    received_at: datetime
    flags: tuple[str, ...]


class Connection:
    """Logged in, for one mailbox. The constructor connects; `socket()` is for select() only."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        where = f"the IMAP server at {settings.host}:{settings.port}"
        with _translated(f"cannot reach {where}"):
            self._client = _Client(settings)
        try:
            with _translated(f"{where} closed the door at the login"):
                self._login()
        except BaseException:
            self.close()
            raise

    def _login(self) -> None:
        settings, client = self._settings, self._client
        if settings.security == "starttls":
            try:
                client.starttls(tls_context(settings.ca_file))
            except CapabilityError as error:
                raise Unreachable("the IMAP server offers no STARTTLS: not logging in over an open line") from error
        plain = client.has_capability("AUTH=PLAIN")
        if not plain and client.has_capability("LOGINDISABLED"):
            raise Refused(0, "the IMAP server takes no password on an open line: use security tls or starttls")
        try:
            (client.plain_login if plain else client.login)(settings.user, settings.password)
        except LoginError as error:
            if isinstance(error.__context__, imaplib.IMAP4.abort):
                raise Unreachable("the IMAP server closed the connection during the login") from error
            raise Refused(0, f"the IMAP server refused the user or the password: {_words(error)}") from error

    @property
    def has_idle(self) -> bool:
        return bool(self._client.has_capability("IDLE"))

    @property
    def has_move(self) -> bool:
        return bool(self._client.has_capability("MOVE"))

    def socket(self) -> socket.socket:
        sock: socket.socket = self._client.socket()
        return sock

    def holds_bytes(self) -> bool:
        return self._client.wire.holds_bytes()

    def select(self, *, readonly: bool = False) -> Selected:
        name, keyword = self._settings.mailbox, self._settings.keyword.lower().encode()
        with _translated("opening the mailbox", refusal=f"the server does not open the mailbox {name!r} for us"):
            answer = self._client.select_folder(name, readonly=readonly)
        allowed = {flag.lower() for flag in answer.get(b"PERMANENTFLAGS", ())}
        validity = answer.get(b"UIDVALIDITY")
        if not isinstance(validity, int) or not 0 < validity < 2**32:
            raise Refused(0, "the server gives no UIDVALIDITY: its mails cannot be told apart safely")
        return Selected(validity, answer.get(b"UIDNEXT"), not readonly and bool({b"\\*", keyword} & allowed))

    def folder_exists(self, name: str) -> bool:
        with _translated("looking for a folder"):
            return bool(self._client.folder_exists(name))

    def uids(self, first: int, last: int | None = None, since: date | None = None) -> list[int]:
        """UIDs from `first` to `last` (both inclusive; None is the end), arrived on `since` or later, ascending."""
        _ids([first, *([] if last is None else [last])])
        criteria: list[Any] = ["UID", f"{first}:{'*' if last is None else last}"]
        with _translated("looking for new mail"):
            found = self._client.search(criteria + (["SINCE", since] if since else []))
        # "n:*" always names the last mail, also where its UID is below n (RFC 3501, 6.4.8)
        return sorted({uid for uid in found if first <= uid < 2**32 and (last is None or uid <= last)})

    def envelopes(self, uids: Sequence[int]) -> dict[int, Envelope]:
        """Of those that are still there."""
        ids = _ids(uids)
        with _translated("asking for sizes"):
            found = self._client.fetch(ids, ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
            return {uid: _envelope(item) for uid, item in found.items() if b"RFC822.SIZE" in item}

    def bodies(self, uids: Sequence[int], expected: int) -> dict[int, bytes]:
        """The whole mails, without \\Seen being set. `expected` is their size together; far more is not taken."""
        ids = _ids(uids)
        self._client.wire.expect(expected)
        with _translated("fetching mail"):
            found = self._client.fetch(ids, ["BODY.PEEK[]"])
        return {uid: item[b"BODY[]"] for uid, item in found.items() if isinstance(item.get(b"BODY[]"), bytes)}

    def flag(self, uids: Sequence[int], keyword: str) -> None:
        ids = _ids(uids)
        with _translated("marking mail", refusal="the server does not keep our keyword"):
            self._client.add_flags(ids, [keyword.encode()], silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        ids = _ids(uids)
        with _translated("moving mail", refusal=f"the server does not move mail to {folder!r}"):
            self._client.move(ids, folder)

    def heard_of_new(self) -> bool:
        """Whether any answer since the last call said EXISTS. Forgets what else the server told unasked."""
        for code in ("EXPUNGE", "RECENT", "FETCH", "FLAGS"):
            self._client.wire.response(code)
        return self._client.wire.response("EXISTS")[1] != [None]

    def noop(self) -> None:
        with _translated("asking whether the server is there"):
            self._client.noop()

    def idle(self) -> None:
        with _translated("going idle", refusal="the server refuses IDLE"):
            self._client.idle()

    def idle_done(self) -> None:
        """Leave IDLE. Blocks for the server's answer, and so reads a line whole that came in two pieces."""
        with _translated("waiting for mail"):
            self._client.idle_done()

    def shut(self) -> None:
        """Wake a thread that blocks in this connection. The only call allowed from another thread."""
        with contextlib.suppress(Exception):
            self.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Drop the connection without a word: a server that hangs is not waited for."""
        with contextlib.suppress(Exception):
            self._client.shutdown()


class _Client(IMAPClient):  # type: ignore[misc]
    """imapclient on our own wire, without debug copies of every line, with an IDLE that may hear news before its +."""

    wire: Wire

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        timeout = SocketTimeout(settings.connect_timeout, settings.read_timeout)
        super().__init__(settings.host, settings.port, ssl=settings.security == "tls", timeout=timeout)
        self._imap.debug = 0
        self.normalise_times = False

    def _create_IMAP4(self) -> Wire:  # noqa: N802 - imapclient's name
        self.wire = Wire(self._settings)
        return self.wire

    def idle(self) -> None:
        self._idle_tag = self._imap._command("IDLE")
        while self._imap._get_response() is not None:
            if self._imap.tagged_commands[self._idle_tag]:
                raise IMAPClientError("IDLE refused")


def _envelope(item: dict[bytes, Any]) -> Envelope:
    arrived = item[b"INTERNALDATE"].astimezone(UTC)
    flags = tuple(flag.decode("ascii", "replace") for flag in item.get(b"FLAGS", ()) if isinstance(flag, bytes))
    return Envelope(int(item[b"RFC822.SIZE"]), arrived, flags)


def _ids(uids: Sequence[int]) -> list[int]:
    """The same numbers. ValueError unless every one is a UID: nothing else may stand in a command."""
    if not all(type(uid) is int and 0 < uid < 2**32 for uid in uids):
        raise ValueError("a UID is a whole number from 1 to 4294967295")
    return list(uids)


def _words(error: Exception) -> str:
    """The server's own words, on one line."""
    return re.sub(r"[^ -~]+", " ", str(error)).removeprefix("b'").strip("' ")[:200]


@contextlib.contextmanager
def _translated(doing: str, *, refusal: str | None = None) -> Iterator[None]:
    """`refusal` is what a NO means here; without it a NO is as good as a lost connection."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(f"{doing}: its certificate is not valid ({error.verify_message})") from error
    except ssl.SSLError as error:
        raise Unreachable(f"{doing}: no TLS there ({error.reason})") from error
    except TimeoutError as error:
        raise Unreachable(f"{doing}: no answer in time") from error
    except OSError as error:
        raise Unreachable(f"{doing}: {error.strerror or type(error).__name__}") from error
    except TooMuch as error:
        raise Unreachable(f"{doing}: {error}") from error
    except imaplib.IMAP4.readonly as error:
        raise Refused(0, "the mailbox may only be read, and our mails must be marked in it") from error
    except imaplib.IMAP4.abort as error:
        raise Unreachable(f"{doing}: the server broke the connection off") from error
    except IMAPClientError as error:
        if refusal is not None:
            raise Refused(0, f"{refusal}: {_words(error)}") from error
        raise Unreachable(f"{doing}: the server answered no, or not in IMAP") from None  # may quote a mail
    except (ValueError, AssertionError, LookupError, TypeError) as error:
        raise Unreachable(f"{doing}: the server does not speak IMAP ({type(error).__name__})") from None
