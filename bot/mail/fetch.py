"""From UIDs to mails, in groups that fit into memory."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from bot.mail.imap import Connection, Envelope
from bot.mail.raw import MailKey, RawMail
from bot.mail.settings import ImapSettings
from bot.ports import Unreachable

TRIES = 3
"""How often a single mail may break the connection before it is handed over without its content."""

_WINDOW = 50_000


class Broke(Unreachable):
    """The connection broke while these mails were asked for: one of them may be the reason."""

    def __init__(self, reason: str, uids: Sequence[int]) -> None:
        super().__init__(reason)
        self.uids = tuple(uids)


def find(connection: Connection, first: int, uidnext: int | None, since: date | None = None) -> Iterator[list[int]]:
    """UIDs from `first` on, ascending, in lists that may be empty.

    Asked for in windows: one answer naming every mail of a very large mailbox would be a line longer than is read.
    """
    span = (uidnext or first) - first
    if span > 2 * _WINDOW:
        step = max(_WINDOW, span // 1000)
        for low in range(first, first + span, step):
            yield connection.uids(low, min(low + step, first + span) - 1, since)
        first += span
    yield connection.uids(first, None, since)


def fetch(
    connection: Connection, settings: ImapSettings, uidvalidity: int, uids: Sequence[int], broke: Counter[int]
) -> Iterator[list[RawMail]]:
    """Mails in the order of their UIDs. Those that vanished meanwhile are left out; `broke` counts earlier Broke."""
    for part in _parts(uids, settings.batch, broke):
        if broke[part[0]] >= TRIES:
            yield [_mail(settings, uidvalidity, part[0], Envelope(0, datetime.now(UTC), ()), None)]
            continue
        try:
            yield from _fetch(connection, settings, uidvalidity, part)
        except Unreachable as error:
            raise error if isinstance(error, Broke) else Broke(str(error), part) from error


def _fetch(
    connection: Connection, settings: ImapSettings, uidvalidity: int, uids: Sequence[int]
) -> Iterator[list[RawMail]]:
    envelopes = connection.envelopes(uids)
    for group in _groups(envelopes, settings):
        wanted = [uid for uid in group if envelopes[uid].size <= settings.size_cap]
        try:
            bodies = connection.bodies(wanted, sum(envelopes[uid].size for uid in wanted)) if wanted else {}
            missing = [uid for uid in wanted if uid not in bodies]
            gone = set(missing) - set(connection.envelopes(missing)) if missing else set()
        except Unreachable as error:
            raise Broke(str(error), wanted) from error
        yield [_mail(settings, uidvalidity, uid, envelopes[uid], bodies.get(uid)) for uid in group if uid not in gone]


def _mail(settings: ImapSettings, uidvalidity: int, uid: int, envelope: Envelope, body: bytes | None) -> RawMail:
    key = MailKey(settings.account, settings.mailbox, uidvalidity, uid)
    return RawMail(key, body, envelope.size, envelope.received_at, envelope.flags)


def _parts(uids: Sequence[int], batch: int, broke: Counter[int]) -> Iterator[list[int]]:
    """At most `batch` at a time; a mail that was there when the connection broke goes alone."""
    part: list[int] = []
    for uid in uids:
        if part and (broke[uid] or broke[part[0]] or len(part) == batch):
            yield part
            part = []
        part.append(uid)
    if part:
        yield part


def _groups(envelopes: dict[int, Envelope], settings: ImapSettings) -> Iterator[list[int]]:
    """At most `batch_bytes` together; a larger mail goes alone."""
    group: list[int] = []
    size = 0
    for uid in sorted(envelopes):
        body = envelopes[uid].size if envelopes[uid].size <= settings.size_cap else 0
        if group and size + body > settings.batch_bytes:
            yield group
            group, size = [], 0
        group.append(uid)
        size += body
    if group:
        yield group
