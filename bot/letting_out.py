"""Letters on their way out: opened, composed and handed over, in doubt before their body goes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from bot.ahead import Ahead
from bot.desk import Desk
from bot.grouped import Grouped
from bot.mail.compose import compose
from bot.outcomes import Superseded
from bot.ports import LettersOut
from bot.tokens import message_id
from storage import outbox
from storage.outbox import Due


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom our letters are from."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The domain of our Message-IDs."""
        return self.address.rpartition("@")[2]


@dataclass
class Doubt:
    """A row about to be put in doubt; `ours` says afterwards whether this try still had it."""

    row: Due
    ours: bool = False


@dataclass
class LettingOut:
    """The letters of one batch. `door` is the way to the mail server."""

    desk: Desk
    door: LettersOut
    sender: Identity
    now: Callable[[], datetime]
    ahead: Ahead
    _doubts: Grouped[Doubt] = field(init=False)

    def __post_init__(self) -> None:
        self._doubts = Grouped(self._put_in_doubt)

    async def send(self, row: Due) -> None:
        """Send a letter. Raises what `LettersOut.send` raises, Superseded, UnknownTicket and DatabaseAway."""
        keeper = self.desk.store.keeper
        letter = outbox.payload_of(row, keeper.root if row.ticket is None else await self.ahead.key(row.ticket))
        references, to = letter["references"], str(letter["to"])
        raw = compose(
            message_id=message_id(keeper, row.ticket or 0, row.id, self.sender.domain),
            from_name=self.sender.name,
            from_addr=self.sender.address,
            to=to,
            subject=str(letter["subject"]),
            text=str(letter["text"]),
            html=str(letter["html"]),
            in_reply_to=str(letter["in_reply_to"]) if letter["in_reply_to"] else None,
            references=[str(each) for each in references] if isinstance(references, list) else [],
            date=self.now(),
            language=str(letter["language"]),
        )
        await self.door.send(raw, recipient=to, before_body=lambda: self.in_doubt(row))

    async def in_doubt(self, row: Due) -> None:
        """Returns once the row is in doubt. Neutral letters have been since they were claimed. Raises Superseded."""
        if row.holds_data:
            doubt = Doubt(row)
            await self._doubts.add(doubt)
            if not doubt.ours:
                raise Superseded

    async def _put_in_doubt(self, doubts: Sequence[Doubt]) -> None:
        async def work(connection: BaseDBAsyncClient) -> None:
            for doubt in doubts:
                doubt.ours = await outbox.doubt(connection, doubt.row.id, doubt.row.attempts)

        await self.desk.store.database.unit(work)
