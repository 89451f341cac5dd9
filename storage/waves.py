"""Waves of letters: which tickets came in which, what staff found of the agent, and where the wave's card stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from responders.case.ticket import Ticket
from responders.waves import WITHIN, AgentWord, Wave, joins
from storage.counters import take_numbers
from storage.models import TicketRow, WaveRow, WaveTicketRow
from storage.tickets import Tickets


@dataclass(frozen=True, slots=True)
class Arrived:
    """One letter's tickets, with what a wave is known by."""

    tickets: tuple[int, ...]
    agent: str
    template: str | None


async def gather(connection: BaseDBAsyncClient, arrived: Sequence[Arrived], now: datetime) -> None:
    """Put letters into their waves, inside the unit that opens their tickets."""
    some = [each for each in arrived if each.tickets and (each.agent or each.template)]
    if not some:
        return
    rows = await WaveRow.filter(last_at__gte=now - WITHIN).using_db(connection).order_by("-number")
    known = [wave_of(row) for row in rows]
    for letter in some:
        wave = next((each for each in known if joins(letter.agent, letter.template, now, each)), None)
        if wave is None:
            number = await take_numbers(connection, "wave", 1)
            wave = Wave(number, letter.agent, letter.template, now, now)
            await WaveRow.create(
                number=number, agent=wave.agent, template=wave.template, begun_at=now, last_at=now, using_db=connection
            )
        else:
            known.remove(wave)
            await WaveRow.filter(number=wave.number).using_db(connection).update(last_at=now)
        known.append(replace(wave, last_at=now))
        joined = [WaveTicketRow(ticket=number, wave=wave.number) for number in letter.tickets]
        await WaveTicketRow.bulk_create(joined, using_db=connection)


def wave_of(row: WaveRow) -> Wave:
    """A wave as a value."""
    word = AgentWord(row.word) if row.word else None
    return Wave(row.number, row.agent, row.template, row.begun_at, row.last_at, word, row.by, row.how, row.decided_at)


async def of_ticket(number: int) -> Wave | None:
    """The wave in which a ticket came, or None."""
    joined = await WaveTicketRow.filter(ticket=number).first()
    row = await WaveRow.filter(number=joined.wave).first() if joined else None
    return wave_of(row) if row else None


async def load(number: int) -> Wave | None:
    """One wave, or None."""
    row = await WaveRow.filter(number=number).first()
    return wave_of(row) if row else None


async def tickets_of(tickets: Tickets, waves: Sequence[int]) -> list[Ticket]:
    """The tickets of some waves, oldest first; purged ones are left out."""
    numbers = await WaveTicketRow.filter(wave__in=list(waves)).values_list("ticket", flat=True)
    rows = await TicketRow.filter(number__in=list(numbers), wrapped_key__isnull=False).order_by("number")
    return [tickets.ticket_of(row) for row in rows]


async def named(agent: str) -> list[int]:
    """The waves of the agents whose name holds these words, in any case."""
    return [row.number for row in await WaveRow.filter(agent__icontains=agent).order_by("number") if row.agent]


async def decide(
    connection: BaseDBAsyncClient, number: int, word: AgentWord, by: str, how: str, *, agent: str, at: datetime
) -> None:
    """Write down what staff found of the agent."""
    await (
        WaveRow.filter(number=number)
        .using_db(connection)
        .update(word=word.value, by=by[:80], how=how, agent=agent[:150], decided_at=at)
    )


async def place(number: int) -> tuple[str, str] | None:
    """Channel and timestamp of the wave's card, or None where none is posted."""
    row = await WaveRow.filter(number=number).first()
    return (row.channel, row.ts) if row and row.channel and row.ts else None


async def set_place(connection: BaseDBAsyncClient, number: int, channel: str | None, ts: str | None) -> None:
    """Remember where the wave's card stands; None forgets it."""
    await WaveRow.filter(number=number).using_db(connection).update(channel=channel, ts=ts)
