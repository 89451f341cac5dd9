"""Waves of letters: which tickets came in which, what staff found of the agent, and where the wave's card stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from responders.case.ticket import Ticket
from responders.waves import WITHIN, AgentWord, Wave, joins
from storage import rows
from storage.counters import take_numbers
from storage.models import TicketRow, WaveRow, WaveTicketRow
from storage.secrets import Keeper
from storage.tickets import Tickets


@dataclass(frozen=True, slots=True)
class Arrived:
    """One letter's tickets, with what a wave is known by."""

    tickets: tuple[int, ...]
    agent: str
    template: str | None


async def gather(connection: BaseDBAsyncClient, arrived: Sequence[Arrived], now: datetime, *, brand: str = "") -> None:
    """Put letters to one brand into their waves, inside the unit that opens their tickets."""
    some = [each for each in arrived if each.tickets and (each.agent or each.template)]
    if not some:
        return
    recent = WaveRow.filter(brand=brand, last_at__gte=now - WITHIN).using_db(connection).order_by("-number")
    known = [wave_of(row) for row in await recent]
    begun: list[Wave] = []
    joined: list[tuple[int, int]] = []
    for letter in some:
        wave = next((each for each in known if joins(letter.agent, letter.template, now, each)), None)
        if wave is None:
            wave = Wave(await take_numbers(connection, "wave", 1), letter.agent, letter.template, now, now)
            begun.append(wave)
        else:
            known.remove(wave)
        known.append(replace(wave, last_at=now))
        joined += [(ticket, wave.number) for ticket in letter.tickets]
    columns = ("number", "agent", "template", "begun_at", "last_at")
    new = [{"brand": brand, **{name: getattr(wave, name) for name in columns}} for wave in begun]
    await rows.insert(connection, WaveRow, new)
    await WaveRow.filter(number__in={wave for _, wave in joined}).using_db(connection).update(last_at=now)
    await rows.insert(connection, WaveTicketRow, [{"ticket": ticket, "wave": wave} for ticket, wave in joined])


def wave_of(row: WaveRow) -> Wave:
    """A wave as a value."""
    word = AgentWord(row.word) if row.word else None
    return Wave(row.number, row.agent, row.template, row.begun_at, row.last_at, word, row.by, row.how, row.decided_at)


async def of_ticket(number: int) -> Wave | None:
    """The wave in which a ticket came, or None."""
    joined = await WaveTicketRow.filter(ticket=number).first()
    row = await WaveRow.filter(number=joined.wave).first() if joined else None
    return wave_of(row) if row else None


async def confirmed_of(tickets: Sequence[int]) -> dict[int, Wave]:
    """Of these tickets those in a wave on whose agent staff have said their word, with the wave."""
    joined = await WaveTicketRow.filter(ticket__in=list(tickets)).values_list("ticket", "wave") if tickets else []
    said = WaveRow.filter(number__in={wave for _, wave in joined}, word__isnull=False)
    known = {row.number: wave_of(row) for row in await said} if joined else {}
    return {ticket: known[wave] for ticket, wave in joined if wave in known}


async def load(keeper: Keeper, number: int) -> Wave | None:
    """One wave of the keeper's brand, or None."""
    row = await WaveRow.filter(number=number, **keeper.mine()).first()
    return wave_of(row) if row else None


async def tickets_of(tickets: Tickets, waves: Sequence[int]) -> list[Ticket]:
    """The tickets of some waves, oldest first; purged ones are left out."""
    numbers = await WaveTicketRow.filter(wave__in=list(waves)).values_list("ticket", flat=True)
    kept = TicketRow.filter(number__in=list(numbers), wrapped_key__isnull=False, **tickets.keeper.mine())
    theirs = kept.order_by("number")
    return [tickets.ticket_of(row) for row in await theirs]


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
