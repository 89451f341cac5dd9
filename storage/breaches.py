"""Breaches, and whom a mailing about one has reached. Facts are sealed with the house's key, addresses are hashes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from tortoise.backends.base.client import BaseDBAsyncClient

from responders.breach import PERSON, Breach
from storage import outbox
from storage.counters import take_numbers
from storage.models import BreachRow, NoticeRow, OutboxRow
from storage.outbox import Item
from storage.secrets import Keeper, seal, unseal

_BREACH = TypeAdapter(Breach)
CHUNK = 500


class UnknownBreach(Exception):
    """There is no breach of that number."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One letter of a mailing, for one address."""

    address: str
    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True)
class Breaches:
    """The breaches of one database: those of the keeper's brand."""

    keeper: Keeper

    def _sealed(self, breach: Breach) -> bytes:
        return seal(self.keeper.root, _BREACH.dump_json(breach), f"breach:{breach.number}")

    def breach_of(self, row: BreachRow) -> Breach:
        """The breach of a row. Raises WrongKey."""
        return _BREACH.validate_json(unseal(self.keeper.root, row.sealed, f"breach:{row.number}"))

    async def next_number(self, connection: BaseDBAsyncClient) -> int:
        """The number of the next breach."""
        return await take_numbers(connection, "breach", 1)

    async def add(self, connection: BaseDBAsyncClient, breach: Breach) -> None:
        """Write a new breach."""
        await BreachRow.create(
            number=breach.number,
            aware_at=breach.aware_at,
            opened_at=breach.opened_at,
            closed_at=breach.closed_at,
            sealed=self._sealed(breach),
            brand=self.keeper.brand or "",
            using_db=connection,
        )

    async def change(self, connection: BaseDBAsyncClient, breach: Breach) -> None:
        """Write a breach anew."""
        row = BreachRow.filter(number=breach.number).using_db(connection)
        await row.update(closed_at=breach.closed_at, sealed=self._sealed(breach))

    async def load(self, number: int) -> Breach:
        """One breach. Raises UnknownBreach."""
        row = await BreachRow.filter(number=number, **self.keeper.mine()).first()
        if row is None:
            raise UnknownBreach(f"there is no breach {number}")
        return self.breach_of(row)

    async def open_ones(self) -> list[Breach]:
        """The breaches that nobody has closed, oldest first."""
        open_ = BreachRow.filter(closed_at__isnull=True, **self.keeper.mine())
        return [self.breach_of(row) for row in await open_.order_by("number")]

    def key(self, number: int, address: str) -> str:
        """What an address is known by in a mailing: compared without regard to case."""
        return f"{number}:{self.keeper.address_hash(address)}"

    async def put(
        self, connection: BaseDBAsyncClient, number: int, notices: Sequence[Notice], pace: timedelta, now: datetime
    ) -> int:
        """Put letters into the outbox, `pace` apart, for the addresses that have none yet; returns how many.

        A second call with the same list, or a longer one, only adds what is new.
        """
        fresh = await self._fresh(connection, number, notices)
        last = (
            await OutboxRow.filter(name=PERSON, state=outbox.WAITING, **self.keeper.mine())
            .using_db(connection)
            .order_by("-not_before")
            .first()
        )
        begin = max(now, last.not_before + pace) if last is not None else now
        items = [
            Item(
                "mail",
                PERSON,
                payload_of(notice),
                None,
                recipient_hash=self.keeper.address_hash(notice.address),
                not_before=begin + pace * place,
            )
            for place, notice in enumerate(fresh.values())
        ]
        ids = await outbox.put(connection, items, {}, self.keeper, now)
        rows = [NoticeRow(id=key, breach=number, outbox=id_) for key, id_ in zip(fresh, ids, strict=True)]
        if rows:
            await NoticeRow.bulk_create(rows, using_db=connection)
        return len(rows)

    async def _fresh(
        self, connection: BaseDBAsyncClient, number: int, notices: Sequence[Notice]
    ) -> Mapping[str, Notice]:
        """The notices whose address has none yet, each address once, by key."""
        found: dict[str, Notice] = {}
        for notice in notices:
            found.setdefault(self.key(number, notice.address), notice)
        keys = list(found)
        known: set[str] = set()
        for start in range(0, len(keys), CHUNK):
            rows = NoticeRow.filter(id__in=keys[start : start + CHUNK]).using_db(connection)
            known |= {str(id_) for id_ in await rows.values_list("id", flat=True)}
        return {key: found[key] for key in keys if key not in known}

    async def progress(self, number: int) -> Counter[str]:
        """How many letters of the mailing are in which state of the outbox."""
        ids = [str(id_) for id_ in await NoticeRow.filter(breach=number).values_list("outbox", flat=True)]
        states: Counter[str] = Counter()
        for start in range(0, len(ids), CHUNK):
            rows = await OutboxRow.filter(id__in=ids[start : start + CHUNK]).values_list("state", flat=True)
            states.update(str(state) for state in rows)
        return states


def payload_of(notice: Notice) -> dict[str, object]:
    """What the delivery sends."""
    return {
        "to": notice.address,
        "subject": notice.subject,
        "text": notice.text,
        "html": notice.html,
        "language": notice.language,
        "in_reply_to": None,
        "references": [],
    }
