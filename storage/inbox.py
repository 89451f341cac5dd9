"""Mails taken in: raw first, sealed, so that a crash loses nothing; of ordinary mail only the key is kept."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import F, Q
from tortoise.queryset import QuerySet

from storage import rows, wake
from storage.models import InboxRow, PositionRow
from storage.secrets import Keeper, new_key, seal, unseal

NEW, LEFT, OURS, PARKED = "new", "left", "ours", "parked"
MEMORY = 16_000_000
"""Bytes of raw mail that are read in one go."""
TOO_BIG = "too big to be read, or could not be fetched"


class SettledBefore(Exception):
    """Somebody else has settled this mail: what was made of it now must not be saved."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as it was fetched. `raw` is None where it was too big or could not be fetched: it is parked."""

    account: str
    mailbox: str
    uidvalidity: int
    uid: int
    raw: bytes | None
    size: int
    received_at: datetime

    @property
    def place(self) -> str:
        """The key of the mail: unique for ever, as long as UIDVALIDITY stays."""
        return f"{self.account}\x1f{self.mailbox}\x1f{self.uidvalidity}\x1f{self.uid}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that waits to be read."""

    id: str
    place: str
    raw: bytes
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of a waiting mail without opening it."""

    id: str
    size: int
    sender_hash: str | None
    received_at: datetime


async def lines_of(query: QuerySet[InboxRow]) -> list[Line]:
    """The lines of the mails that a query finds, in its order."""
    return [Line(**row) for row in await query.values("id", "size", "sender_hash", "received_at")]


def claimed_sender(raw: bytes) -> str:
    """Whom a mail says it is from, at a glance: good enough to share time fairly, and for nothing else."""
    head = raw[:65_536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    line = next((each for each in head.split(b"\n") if each[:5].lower() == b"from:"), b"")[5:1000]
    address = line.rpartition(b"<")[2].partition(b">")[0]
    return address.strip().decode("ascii", "replace").lower()


def fair_share(lines: Sequence[Line], most: int) -> tuple[list[Line], set[str]]:
    """The lines of which no sender has more than `most`, in their order, and the senders who had more."""
    kept: list[Line] = []
    count: Counter[str] = Counter()
    for line in lines:
        sender = line.sender_hash or line.id
        count[sender] += 1
        if count[sender] <= most:
            kept.append(line)
    return kept, {sender for sender, number in count.items() if number > most}


class Inbox:
    """The inbox of one database: the mails of the keeper's brand, and of one mailbox where an account is named."""

    def __init__(self, keeper: Keeper, account: str | None = None) -> None:
        self.keeper, self.account = keeper, account

    def _mine(self) -> QuerySet[InboxRow]:
        mine = InboxRow.filter(**self.keeper.mine())
        return mine if self.account is None else mine.filter(place__startswith=f"{self.account}\x1f")

    async def position(self, account: str, mailbox: str) -> tuple[int, int] | None:
        """UIDVALIDITY and the last UID taken; None before the mailbox was ever seen."""
        row = await PositionRow.filter(id=f"{account}\x1f{mailbox}").first()
        return (row.uidvalidity, row.last_uid) if row else None

    async def set_position(
        self, connection: BaseDBAsyncClient, account: str, mailbox: str, uidvalidity: int, last_uid: int
    ) -> None:
        """Remember how far a mailbox was read."""
        name = f"{account}\x1f{mailbox}"
        changed = (
            await PositionRow.filter(id=name).using_db(connection).update(uidvalidity=uidvalidity, last_uid=last_uid)
        )
        if not changed:
            await PositionRow.create(id=name, uidvalidity=uidvalidity, last_uid=last_uid, using_db=connection)

    async def store(self, connection: BaseDBAsyncClient, mails: Sequence[Incoming]) -> list[str]:
        """Store mails that are not known yet, and the position with them; returns the ids of those parked at once.

        A mail is known if its key is, or if its content was taken under another key before UIDVALIDITY changed.
        """
        known = await self._known(connection, mails)
        new = []
        for mail in mails:
            if mail.place not in known:
                known.add(mail.place)
                new.append(self._row(mail))
        if new:
            await rows.insert(connection, InboxRow, new)
            await wake.tell(connection, wake.INBOX)
        last = max(mails, key=lambda mail: mail.uid)
        await self.set_position(connection, last.account, last.mailbox, last.uidvalidity, last.uid)
        return [row["id"] for row in new if row["state"] == PARKED]

    def _digest(self, mail: Incoming) -> str:
        content = sha256(mail.raw or b"").hexdigest() if mail.raw is not None else mail.place
        return self.keeper.blind(f"mail:{mail.account}:{content}")

    async def _known(self, connection: BaseDBAsyncClient, mails: Sequence[Incoming]) -> set[str]:
        places = [mail.place for mail in mails]
        known = {row.place for row in await InboxRow.filter(place__in=places).using_db(connection).only("place")}
        digests = {mail.place: self._digest(mail) for mail in mails if mail.place not in known}
        if not digests:
            return known
        twins = await InboxRow.filter(digest__in=list(digests.values())).using_db(connection).only("place", "digest")
        seen = {(twin.digest, twin.place.split("\x1f")[2]) for twin in twins}
        for mail in mails:
            # the same bytes under another UIDVALIDITY are the same mail; under the same one, a copy of its own
            earlier = {v for d, v in seen if d == digests.get(mail.place)}
            if earlier and str(mail.uidvalidity) not in earlier:
                known.add(mail.place)
        return known

    def _row(self, mail: Incoming) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": uuid4().hex,
            "place": mail.place,
            "state": NEW if mail.raw is not None else PARKED,
            "received_at": mail.received_at,
            "size": mail.size,
            "digest": self._digest(mail),
            "sender_hash": self.keeper.blind(f"from:{claimed_sender(mail.raw or b'')}"),
            "reason": None if mail.raw is not None else TOO_BIG,
            "brand": self.keeper.brand or "",
        }
        if mail.raw is not None:
            key, place = new_key(), f"mail:{row['id']}"
            row |= {"wrapped_key": self.keeper.wrap(key, place), "mail": seal(key, mail.raw, place)}
        return row

    def raw_of(self, row: InboxRow) -> bytes | None:
        """The mail's bytes; None once they were dropped."""
        return self._opened(row.id, row.mail, row.wrapped_key)

    def _opened(self, id_: str, mail: bytes | None, wrapped: bytes | None) -> bytes | None:
        if mail is None or wrapped is None:
            return None
        return unseal(self.keeper.unwrap(wrapped, f"mail:{id_}"), mail, f"mail:{id_}")

    async def waiting(self, limit: int, *, besides: Collection[str] = (), at_most: int = MEMORY) -> list[Taken]:
        """Mails that nobody has read yet, oldest first; together at most `at_most` bytes, or a single larger one.

        `besides` are ids of some that are being read already. While others wait too, a sender gets a quarter of the
        room: a flood from one delays nobody else's letter.
        """
        new = self._mine().filter(state=NEW).order_by("received_at", "id")
        if besides:
            new = new.exclude(id__in=list(besides))
        lines = await lines_of(new.limit(limit))
        kept, full = fair_share(lines, max(1, limit // 4))
        if full and len(kept) < limit:
            others = new.filter(Q(sender_hash__isnull=True) | ~Q(sender_hash__in=list(full)))
            beside, _ = fair_share(await lines_of(others.limit(limit)), max(1, limit // 4))
            kept = list(dict.fromkeys([*kept, *beside, *lines]))[:limit]  # where few others wait, the rest is theirs
        chosen: list[str] = []
        together = 0
        for line in sorted(kept, key=lambda line: (line.received_at, line.id)):
            together += line.size
            if chosen and together > at_most:
                break
            chosen.append(line.id)
        return await self._taken(chosen)

    async def _taken(self, ids: Sequence[str]) -> list[Taken]:
        """These mails, opened, oldest first; those that somebody has settled meanwhile are left out."""
        if not ids:
            return []
        places = ", ".join("?" * len(ids))
        rest = f"WHERE state = ? AND id IN ({places}) ORDER BY received_at, id"
        taken = []
        for id_, place, received_at, attempts, mail, wrapped in await rows.select(
            InboxRow, ["id", "place", "received_at", "attempts", "mail", "wrapped_key"], rest, [NEW, *ids]
        ):
            raw = self._opened(id_, mail, wrapped)
            if raw is not None:
                taken.append(Taken(id_, place, raw, rows.time_of(received_at), attempts))
        return taken

    async def leave(self, connection: BaseDBAsyncClient, ids: Sequence[str]) -> None:
        """Not ours: only the key stays."""
        if ids:
            await (
                InboxRow.filter(id__in=list(ids), state=NEW)
                .using_db(connection)
                .update(state=LEFT, mail=None, wrapped_key=None, reason=None)
            )

    async def ours(self, connection: BaseDBAsyncClient, ids: Iterable[str], ticket: int | None) -> None:
        """A letter of a ticket: the raw mail is kept as long as the configuration says. Raises SettledBefore."""
        for each in ids:
            fresh = InboxRow.filter(id=each, state=NEW).using_db(connection)
            if await fresh.update(state=OURS, ticket=ticket, reason=None) != 1:
                raise SettledBefore(each)

    async def ours_each(self, connection: BaseDBAsyncClient, pairs: Sequence[tuple[str, int]]) -> None:
        """The same for many letters at once: (id, ticket) of each."""
        if pairs:
            fresh = InboxRow.filter(id__in=[each for each, _ in pairs], state=NEW).using_db(connection)
            if await fresh.update(state=OURS) != len(pairs):
                raise SettledBefore(pairs[0][0])
            sqlite = connection.capabilities.dialect == "sqlite"
            ticket, id_ = ("?", "?") if sqlite else ("$1", "$2")
            await connection.execute_many(
                f"UPDATE inbox SET ticket = {ticket}, reason = NULL WHERE id = {id_}",  # noqa: S608
                [[number, each] for each, number in pairs],
            )

    async def park(self, connection: BaseDBAsyncClient, id_: str, reason: str) -> None:
        """Keep a mail aside for a person, with the reason."""
        await InboxRow.filter(id=id_, state=NEW).using_db(connection).update(state=PARKED, reason=reason)

    async def tried(self, id_: str) -> int:
        """Count an attempt that ended badly; returns how many there were."""
        await InboxRow.filter(id=id_).update(attempts=F("attempts") + 1)
        return (await InboxRow.get(id=id_).only("id", "attempts")).attempts

    async def unmarked(self, limit: int = 5000) -> list[str]:
        """The places of the newest mails that are ours and not yet known to be marked so in the mailbox."""
        query = self._mine().filter(state=OURS, marked=False).order_by("-received_at").limit(limit)
        return [str(place) for place in await query.values_list("place", flat=True)]

    async def marked(self, connection: BaseDBAsyncClient, places: Sequence[str]) -> None:
        """The mailbox shows that these are ours."""
        if places:
            await InboxRow.filter(place__in=list(places)).using_db(connection).update(marked=True)

    async def parked(self, limit: int = 200) -> list[InboxRow]:
        """Mails kept aside, oldest first."""
        return await self._mine().filter(state=PARKED).order_by("received_at").limit(limit)

    async def again(self, id_: str) -> bool:
        """Read a parked mail once more; False if the beginning `id_` fits none, or more than one."""
        fitting = await InboxRow.filter(id__startswith=id_, state=PARKED, mail__isnull=False).only("id").limit(2)
        if len(fitting) != 1:
            return False
        return await InboxRow.filter(id=fitting[0].id, state=PARKED).update(state=NEW, attempts=0) == 1
