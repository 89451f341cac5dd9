"""verify, replay: what the log proves."""

from datetime import UTC, datetime
from pathlib import Path

import click

from bot.commands.common import NUMBER, Plain, config_option, load_config
from bot.commands.tickets import with_store
from bot.configured import ledger_file
from storage import audit
from storage.counters import last_number
from storage.ledger import Ledger
from storage.models import AuditRow, TicketRow
from storage.replay import Replayed, differences, replay
from storage.store import Store


@click.command()
@config_option
@click.option("--anchor", is_flag=True, help="Write the newest line's hash into the ledger, or print it for elsewhere.")
def verify(config_path: Path, *, anchor: bool) -> None:
    """Prove that no line of the log was changed, removed or inserted, also against the ledger."""
    ledger = Ledger(ledger_file(load_config(config_path)))
    heads = ledger.read().heads

    async def work(store: Store) -> tuple[int | None, int, tuple[int, str], int]:
        async def read() -> tuple[int | None, int, tuple[int, str], int]:
            broken, checked = await audit.first_broken(heads)
            return broken, checked, await audit.head(), await last_number("ticket")

        return await store.database.read(read)

    broken, checked, (seq, digest), last_ticket = with_store(config_path, work)
    if broken is not None:
        raise Plain(f"the log is broken at line {broken}; {checked} lines before it are whole")
    click.echo(f"The log is whole: {checked} lines, {len(heads)} of them also as the ledger says.")
    if anchor and seq:
        ledger.head(seq, digest, tickets=last_ticket, at=datetime.now(UTC))
        click.echo(f"{digest}  line {seq}")


@click.command("replay")
@config_option
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="The state at this time, in UTC.")
@click.argument("number", type=NUMBER)
def replay_command(config_path: Path, number: int, until: datetime | None) -> None:
    """Rebuild a ticket's state from the log alone, and show how it differs from what is stored."""
    moment = until.replace(tzinfo=UTC) if until else None

    async def work(store: Store) -> tuple[list[AuditRow], TicketRow | None]:
        async def read() -> tuple[list[AuditRow], TicketRow | None]:
            lines = [row async for row in audit.every(number)]
            return lines, await TicketRow.filter(number=number).first()

        return await store.database.read(read)

    lines, row = with_store(config_path, work)
    if not lines:
        raise Plain(f"the log has no line about a ticket {number}")
    state = replay(lines, moment)
    click.echo("\n".join(replayed_lines(number, lines, state, moment)))
    wrong = state.odd if moment is not None else differences(state, row)
    if wrong:
        raise Plain("the log and the ticket differ:\n" + "\n".join(f"  {each}" for each in wrong))
    click.echo("The steps fit each other." if moment is not None else "The ticket is as the log says.")


def replayed_lines(number: int, lines: list[AuditRow], state: Replayed, until: datetime | None) -> list[str]:
    """Each line of the log, and where it leads."""
    shown = [line for line in lines if until is None or line.at <= until]
    text = [f"{line.at:%Y-%m-%d %H:%M:%S}  {line.kind:<20} by {line.by}" for line in shown]
    due = f", due {state.due_at:%Y-%m-%d %H:%M} UTC" if state.due_at else ""
    return [*text, f"Ticket {number} after {state.steps} steps: {state.status}, version {state.version}{due}"]
