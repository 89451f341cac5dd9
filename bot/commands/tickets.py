"""tickets, ticket, parked, outbox: what is remembered, read while the bot runs."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from bot.commands.common import NUMBER, Plain, brand_option, column_of, config_option, load_config
from bot.config import BadConfig
from bot.configured import master_key
from responders.case.ticket import Status, Ticket
from storage import outbox, waves
from storage.database import DatabaseAway
from storage.models import InboxRow, OutboxRow
from storage.outbox import DONE
from storage.secrets import WrongKey
from storage.store import Store, open_store
from storage.tickets import UnknownTicket

T = TypeVar("T")
OPEN = [status.value for status in Status if status.open]


def with_store(
    config_path: Path, work: Callable[[Store], Awaitable[T]], *, writing: bool = False, brand: str | None = None
) -> T:
    """Run `work` on the database of the configuration, as a brand sees it or as a whole; every expected failure is a
    plain error."""

    async def run() -> T:
        config = load_config(config_path)
        store = await open_store(config.database.url, master_key(config), writing=writing)
        try:
            return await work(store.of(brand))
        finally:
            await store.database.close()

    try:
        return asyncio.run(run())
    except (BadConfig, DatabaseAway, WrongKey, UnknownTicket) as error:
        raise Plain(str(error)) from None


def days_left(ticket: Ticket, now: datetime) -> str:
    """ "in 12 days", "LATE by 2 days", or "" where no date is set."""
    if ticket.due_at is None or not ticket.status.open:
        return ""
    days = (ticket.due_at - now).days
    return f"LATE by {-days - 1 or 1} days" if ticket.late(now) else f"in {days} days"


@click.command()
@config_option
@brand_option
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@click.option("--late", is_flag=True, help="Only those past their date.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="How many at most.")
@click.option("--agent", metavar="NAME", help="Only those that came in waves of this agent.")
@click.option("--wave", type=NUMBER, help="Only those of this wave.")
def tickets(
    config_path: Path,
    brand: str | None,
    limit: int,
    agent: str | None,
    wave: int | None,
    *,
    everything: bool,
    late: bool,
) -> None:
    """List tickets, the most urgent first."""
    now = datetime.now(UTC)

    async def chosen(store: Store) -> list[Ticket]:
        read = store.database.read
        if agent is None and wave is None:
            return await read(
                lambda: store.tickets.many(status=[] if everything else OPEN, limit=limit, newest=everything)
            )
        numbers = [wave] if wave is not None else await read(lambda: waves.named(agent or ""))
        theirs = await read(lambda: waves.tickets_of(store.tickets, numbers))
        return [ticket for ticket in theirs if everything or ticket.status.open][:limit]

    async def work(store: Store) -> tuple[list[Ticket], dict[int, str]]:
        found = [ticket for ticket in await chosen(store) if not late or ticket.late(now)]
        numbers = [ticket.number for ticket in found]
        return found, await store.database.read(lambda: store.tickets.brands(numbers))

    found, brands = with_store(config_path, work, brand=brand)
    column = column_of(brands.values())
    if not found:
        click.echo("No tickets." if everything else "No open tickets." if not late else "Nothing is late.")
        return
    click.echo(f"{'#':>6}  {column('')}{'right':<12} {'status':<12} {'due':<11} {'':<16} law")
    for ticket in found:
        due = ticket.dates.answer_by.isoformat() if ticket.dates else "-"
        law = ticket.dates.regime if ticket.dates else ""
        left = days_left(ticket, now)
        whose = column(brands[ticket.number])
        click.echo(f"{ticket.number:>6}  {whose}{ticket.right:<12} {ticket.status:<12} {due:<11} {left:<16} {law}")


@click.command()
@config_option
@click.option("--person", is_flag=True, help="Show the person's address and words too.")
@click.argument("number", type=NUMBER)
def ticket(config_path: Path, number: int, *, person: bool) -> None:
    """Show one ticket: its dates with their working, tasks, and who did what when."""
    found = with_store(config_path, lambda store: store.database.read(lambda: store.tickets.load(number)))
    click.echo("\n".join(ticket_lines(found, datetime.now(UTC), person=person)))


def ticket_lines(ticket: Ticket, now: datetime, *, person: bool) -> list[str]:
    """A ticket in words. Without `person` nothing personal is among them."""
    status, reason = ticket.status.drp
    lines = [
        f"Ticket {ticket.number}: {ticket.right}, {ticket.status} {days_left(ticket, now)}".rstrip(),
        f"  data rights protocol  {status}" + (f" ({reason})" if reason else ""),
        f"  received   {ticket.received_at:%Y-%m-%d %H:%M} UTC by {ticket.channel}, in {ticket.language}",
        f"  identity   {ticket.identity}",
    ]
    for dates in (d for d in (ticket.dates, *ticket.other_dates) if d):
        lines.append(f"  {dates.regime:<10} answer by {dates.answer_by}")
        lines += [f"             {step}" for step in dates.working]
    if ticket.linked:
        lines.append(f"  linked     {', '.join(map(str, ticket.linked))}")
    for task in ticket.tasks:
        done = f"done by {task.done_by} {task.done_at:%Y-%m-%d}: {task.proof}" if task.done_at else "open"
        lines.append(f"  task       {task.processor}: {done}")
    lines += [f"  {mark.at:%Y-%m-%d %H:%M}  {mark.by}: {mark.what}" for mark in ticket.marks]
    if person:
        who = ticket.person
        lines += [
            f"  address    {who.address}",
            f"  writer     {who.writer}",
            f"  subject    {who.subject}",
            "",
            who.text,
        ]
    return lines


@click.command()
@config_option
@brand_option
@click.option("--again", metavar="ID", help="Read this one again (the bot must not be running on SQLite).")
@click.option("--raw", metavar="ID", help="Print the mail itself: do not open what it carries.")
def parked(config_path: Path, brand: str | None, again: str | None, raw: str | None) -> None:
    """List mails kept aside with the reason, print one, or have one read again."""
    if again:
        done = with_store(config_path, lambda s: s.database.read(lambda: s.inbox.again(again)), writing=True)
        if not done:
            raise Plain(f"there is no parked mail {again}")
        click.echo("It will be read again at the next start.")
        return

    async def work(store: Store) -> list[tuple[InboxRow, bytes | None]]:
        rows = await store.database.read(store.inbox.parked)
        return [(row, store.inbox.raw_of(row) if raw else None) for row in rows]

    rows = with_store(config_path, work, brand=brand)
    if raw:
        mail = next((mail for row, mail in rows if row.id.startswith(raw)), None)
        if mail is None:
            raise Plain(f"there is no parked mail {raw}, or it was too big to be kept (it is in the mailbox)")
        sys.stdout.buffer.write(mail)
        return
    if not rows:
        click.echo("Nothing is parked.")
    column = column_of([row.brand for row, _ in rows])
    for row, _ in rows:
        whose = f"{row.id[:8]}  {column(row.brand)}"
        click.echo(f"{whose}{row.received_at:%Y-%m-%d %H:%M}  {row.size:>9} bytes  {row.reason or ''}")


@click.command("outbox")
@config_option
@brand_option
@click.argument("action", type=click.Choice(["list", "send", "drop"]), default="list")
@click.argument("row", required=False)
def outbox_command(config_path: Path, brand: str | None, action: str, row: str | None) -> None:
    """List letters that wait, are held or failed; send a held one again, or drop it (it did arrive)."""
    if action == "list":
        show_outbox(config_path, brand)
        return
    if not row:
        raise click.UsageError(f"which one? rightsdesk outbox {action} ID")

    async def work(store: Store) -> bool:
        now = datetime.now(UTC)
        return await store.database.unit(lambda c: outbox.decide(c, row, send=action == "send", now=now))

    if not with_store(config_path, work, writing=True):
        raise Plain(f"there is no held letter {row}, or more than one")
    click.echo("It goes out at the next start." if action == "send" else "Dropped.")


def show_outbox(config_path: Path, brand: str | None) -> None:
    """The rows that are not done."""

    async def work(store: Store) -> list[OutboxRow]:
        async def rows() -> list[OutboxRow]:
            waiting = OutboxRow.filter(**store.keeper.mine()).exclude(state=DONE)
            return await waiting.order_by("created_at").limit(200)

        return await store.database.read(rows)

    rows = with_store(config_path, work, brand=brand)
    if not rows:
        click.echo("The outbox is empty.")
    column = column_of([row.brand for row in rows])
    for r in rows:
        whose = f"{r.id[:8]}  {column(r.brand)}#{r.ticket}"
        click.echo(f"{whose}  {r.kind} {r.name:<24} {r.state:<8} tries {r.attempts}  {r.error or ''}")
