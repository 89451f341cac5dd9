"""The intake: mails that were stored are read, then become tickets, replies in a case, or are left alone."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.desk import Desk
from bot.directory import Directory
from bot.mail.parsing import Both, ChildKilled, ParserPool
from bot.people import People, people_of
from bot.reading_ahead import ReadingAhead
from bot.returned import had_ours, returned_letter
from bot.tokens import number_in, ticket_of
from bot.waves import WaveDesk
from intents.corrections import with_examples
from intents.letter import Letter
from intents.message import Unreadable
from intents.policy import Policy
from intents.reading import Reading
from intents.rights import Intent, Risk
from responders.case.ticket import Ticket
from responders.decide import NotNow
from responders.intake import route
from responders.law.choose import LawClues, applicable, residence
from responders.replies import fits
from responders.routes import Circumstances, CodeTyped, Happened, Leave, Note, Open, Route
from storage import corrections, waves
from storage.database import DatabaseAway
from storage.inbox import SettledBefore, Taken
from storage.tickets import UnknownTicket
from storage.waves import Arrived

POISON = 3
"""So many deaths of the reading child, and a mail is parked."""

ReadLetter = Callable[[Letter], Reading]
_log = structlog.get_logger("intake")


@dataclass(frozen=True, slots=True)
class Read:
    """A mail that was read."""

    mail: Taken
    letter: Letter
    reading: Reading


@dataclass
class Reader:
    """Reads what the inbox holds. `mark` is told the places of mails that are ours; `policy` answers questions."""

    desk: Desk
    pool: ParserPool
    read: ReadLetter
    policy: Policy | None
    mark: Callable[[Sequence[str]], None]
    parked: Callable[[str, str], None]
    directory: Directory | None = None
    in_turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while letters are settled: where a brand has several mailboxes, one of them at a time."""
    ahead: ReadingAhead = field(init=False)

    def __post_init__(self) -> None:
        self.ahead = ReadingAhead(self.desk.store, self.pool)

    async def run_once(self) -> int:
        """Settle a piece of what waits; returns how many mails there were. The next pieces are read meanwhile."""
        piece = await self.ahead.next()
        if piece is None:
            return 0
        try:
            results = await piece.results
            async with self.in_turn:
                await self._settle_piece(piece.mails, results)
        except BaseException:
            piece.results.cancel()
            self.ahead.forget()
            raise
        return len(piece.mails)

    async def _settle_piece(self, mails: Sequence[Taken], results: Sequence[Both | Unreadable]) -> None:
        """Settle what was read."""
        store = self.desk.store
        examples = await store.database.read(lambda: corrections.examples(store.tickets))
        read = []
        for mail, result in zip(mails, results, strict=True):
            if isinstance(result, Unreadable):
                await self._unreadable(mail, result)
            else:
                letter, reading = result
                read.append(Read(mail, letter, with_examples(reading or self.read(letter), examples)))
        for each in rounds(read):
            await self._settle_guarded(each)

    async def _settle_guarded(self, read: Sequence[Read]) -> None:
        """Settle a batch; where that fails, each letter alone, so that one that can't be done stops no other."""
        try:
            await self.settle(read)
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 - the intake parks what it can't do, with its reason
            if len(read) > 1:
                for each in read:
                    await self._settle_guarded([each])
                return
            if isinstance(error, SettledBefore):
                _log.info("settled before", inbox=read[0].mail.id[:8])
                return
            _log.exception("intake", inbox=read[0].mail.id[:8])
            await self._failed(read[0].mail, f"could not be handled ({type(error).__name__})")

    async def _unreadable(self, mail: Taken, error: Unreadable) -> None:
        """Park a mail: at once where a cap says so, after three deaths of the child otherwise."""
        if isinstance(error, ChildKilled):
            await self._failed(mail, error.reason)
        else:
            await self._park(mail, error.reason)

    async def _failed(self, mail: Taken, reason: str) -> None:
        """Count a try that ended badly; after three the mail is parked and the next ones go on."""
        store = self.desk.store
        tries = await store.database.read(lambda: store.inbox.tried(mail.id))
        if tries >= POISON:
            await self._park(mail, reason)

    async def _park(self, mail: Taken, reason: str) -> None:
        store = self.desk.store
        await store.database.unit(lambda connection: store.inbox.park(connection, mail.id, reason))
        _log.warning("parked", inbox=mail.id[:8], reason=reason)
        self.parked(mail.id, reason)

    async def settle(self, read: Sequence[Read]) -> None:
        """Decide what each letter means, and do it: what is left alone and what opens tickets in one unit each."""
        around = await self.circumstances(read)
        left: list[str] = []
        opening: list[tuple[Read, Open]] = []
        replies: list[tuple[Read, Route]] = []
        for each, known in zip(read, around, strict=True):
            found = route(each.letter, each.reading, known, self.desk.house)
            match found:
                case Leave():
                    _log.debug("left alone", inbox=each.mail.id[:8], reason=found.reason)
                    left.append(each.mail.id)
                case Open():
                    opening.append((each, found))
                case _:
                    replies.append((each, found))
        await self._leave(left)
        await self._open(opening)
        for each, answer in replies:
            await self._reply(each, answer)

    async def _leave(self, ids: list[str]) -> None:
        store = self.desk.store
        if ids:
            await store.database.unit(lambda connection: store.inbox.leave(connection, ids))

    async def _open(self, opening: Sequence[tuple[Read, Open]]) -> None:
        """Open the tickets of a batch in one unit, with the inbox rows."""
        if not opening:
            return
        inbox = self.desk.store.inbox

        async def also(connection: BaseDBAsyncClient, numbers: list[list[int]]) -> None:
            pairs = [(each.mail.id, mine[0]) for (each, _), mine in zip(opening, numbers, strict=True)]
            await inbox.ours_each(connection, pairs)
            arrived = [arrived_of(found, mine) for (_, found), mine in zip(opening, numbers, strict=True)]
            await waves.gather(connection, arrived, self.desk.now(), brand=self.desk.store.keeper.brand or "")

        opened = await self.desk.open_many([found.requests for _, found in opening], also)
        await WaveDesk(self.desk).follow([ticket for mine in opened for ticket in mine])
        self.mark([each.mail.place for each, _ in opening])

    async def _reply(self, each: Read, found: Route) -> None:
        """A reply inside a case, saved together with its inbox row."""
        inbox = self.desk.store.inbox

        async def within(connection: BaseDBAsyncClient) -> None:
            await inbox.ours(connection, [each.mail.id], number)

        match found:
            case CodeTyped():
                number = found.ticket
                await self.desk.code_typed(number, found.code, proven=found.proven, within=within)
            case Happened():
                number = found.ticket
                try:
                    await self.desk.happen(number, found.event, within=within)
                except NotNow as error:
                    await self.desk.note(number, f"A letter came that changes nothing now: {error}", within=within)
            case Note():
                number = found.ticket
                await self.desk.note(number, found.text, within=within)
            case _:
                raise AssertionError(found)
        self.mark([each.mail.place])

    async def circumstances(self, read: Sequence[Read]) -> list[Circumstances]:
        """What the shell knows beside each letter of a batch."""
        senders = {each.letter.sender.address for each in read if each.letter.sender.address}
        theirs = await self.desk.open_of(sorted(senders))
        people = await people_of([(each.letter, each.reading) for each in read], self.desk, self.directory)
        return [await self._around(each, theirs, people) for each in read]

    async def _around(self, each: Read, theirs: dict[str, list[Ticket]], people: People) -> Circumstances:
        letter, reading = each.letter, each.reading
        sender = letter.sender.address
        own = [t for t in theirs.get(sender.casefold(), []) if fits(t, sender)] if sender else []
        known, by_token = await self._known(letter, reading, own)
        returned = await returned_letter(letter, self.desk)
        if known is None and returned is not None and returned.ticket is not None:
            known = returned.ticket
        received_at = each.mail.received_at  # the server's word; the Date header is the writer's and moves nothing
        clues = clues_of(letter, reading, received_at, directory=people.residence(letter, reading, self.desk.house))
        passages = ""
        if self.policy is not None and Intent.QUESTION in reading.intents and not reading.auto:
            passages = quoted(self.policy, reading)
        return Circumstances(
            received_at=received_at,
            known=known,
            by_token=by_token,
            had_ours=await had_ours(letter, self.desk),
            same_sender=own,
            regimes=applicable(clues),
            country=residence(clues),
            passages=passages,
            directory=people.directory(letter, reading, self.desk.house),
            new_until=people.new_until(letter, reading, self.desk.house),
            returned=returned.name if returned else "",
        )

    async def _known(self, letter: Letter, reading: Reading, own: Sequence[Ticket]) -> tuple[Ticket | None, bool]:
        """The ticket a letter belongs to: by our token, by the number in the subject, or the sender's only open one."""
        keeper = self.desk.store.keeper
        ids = [*letter.references, letter.in_reply_to or "", letter.bounce_of or ""]
        number = ticket_of(keeper, ids)
        if number is not None:
            try:
                return await self.desk.ticket(number), True
            except UnknownTicket:
                return None, False
        named = number_in(letter.subject)
        for ticket in own:
            if ticket.number == named:
                return ticket, False
        if reading.case_reply is not None:
            open_ = [ticket for ticket in own if ticket.status.open]
            if open_:
                return open_[0], False
        return None, False


def arrived_of(found: Open, numbers: Sequence[int]) -> Arrived:
    """A letter's tickets, with what a wave is known by."""
    facts = [request.data for request in found.requests if request.data]
    known = facts[0] if facts else {}
    return Arrived(tuple(numbers), known.get("agent", ""), known.get("template"))


def rounds(read: Sequence[Read]) -> list[list[Read]]:
    """A batch in rounds of one letter a sender, so that a second letter finds the case that the first has opened."""
    found: list[list[Read]] = []
    count: Counter[str] = Counter()
    for each in read:
        asks = set(each.reading.intents) != {Intent.OTHER} or each.reading.case_reply or each.reading.unsure
        sender = (each.letter.sender.address or "").casefold() if asks else ""
        sender = sender or each.mail.id  # what asks for nothing, or comes from nobody, need not wait its turn
        if count[sender] == len(found):
            found.append([])
        found[count[sender]].append(each)
        count[sender] += 1
    return found


def clues_of(letter: Letter, reading: Reading, received: datetime, *, directory: str | None = None) -> LawClues:
    """What speaks for a law: our own records, what the letter names, its place, its domain, its language."""
    sender = letter.sender.address
    return LawClues(
        received=received.date(),
        directory=directory,
        country=reading.country,
        laws=reading.laws,
        domain=sender.rpartition("@")[2] if sender else None,
        language=reading.language,
        minor=any(sign.risk is Risk.MINOR for sign in reading.risks),
    )


def quoted(policy: Policy, reading: Reading) -> str:
    """The policy's own words that answer a question, with their headings; "" where no match is clear."""
    answer = policy.answer(reading.text, language=reading.language)
    if not answer.sure:
        return ""
    return "\n\n".join(f"{p.heading}\n{p.text}" if p.heading else p.text for p in answer.passages)
