"""report, export: what a regulator may ask for."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.commands.common import NUMBER, Plain, brand_option, config_option, load_config, writing_to
from bot.commands.tickets import with_store
from storage import audit
from storage.store import Store


@click.command()
@config_option
@brand_option
@click.option("--year", type=click.IntRange(2018, 2100), required=True, help="The year of receipt.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The folder to write to.")
def report(config_path: Path, brand: str | None, year: int, out: Path) -> None:
    """Write California's yearly figures (11 CCR 7102) as Markdown, CSV and a plot. A purge changes none of them."""
    from responders.report import Entry, records
    from responders.report import report as figures
    from responders.report_pages import csv_text, markdown, svg

    async def work(store: Store) -> list[Entry]:
        async def lines() -> list[Entry]:
            entries = [
                Entry(row.ticket, row.at, json.loads(row.facts))
                async for row in audit.every()
                if row.ticket is not None
            ]
            return [each for each in entries if brand is None or each.facts.get("brand", "") == brand]

        return await store.database.read(lines)

    config = load_config(config_path)
    found = figures(records(with_store(config_path, work)).values(), year, config.company.timezone)
    pages = {"md": markdown(found, config.company.name), "csv": csv_text(found), "svg": svg(found)}
    with writing_to(out):
        out.mkdir(parents=True, exist_ok=True)
        for ending, text in pages.items():
            (out / f"report-{year}.{ending}").write_text(text, encoding="utf-8", newline="")
            click.echo(str(out / f"report-{year}.{ending}"))


@click.command()
@config_option
@click.option("--zip", "zipped", is_flag=True, help="One zip file instead of a folder.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where to put it.")
@click.argument("number", type=NUMBER)
def export(config_path: Path, number: int, out: Path, *, zipped: bool) -> None:
    """Write a ticket's file for a regulator: timeline, letters, identity, dates with their working, tasks, the log.

    It holds personal data: a page that opens without a network, JSON, and every letter.
    """
    from bot.configured import house_of
    from bot.pack import Pack, gather, pages_of, write

    config = load_config(config_path)
    house, now = house_of(config), datetime.now(UTC)

    async def work(store: Store) -> Pack:
        brands = await store.database.read(lambda: store.tickets.brands([number]))
        if (brand := brands.get(number, config.company.brand)) != config.company.brand:
            raise Plain(f"ticket {number} is of the brand {brand!r}: name its configuration by -c")
        return await gather(store, number, house, now)

    pack = with_store(config_path, work)
    with writing_to(out):
        click.echo(str(write(pages_of(pack), out, f"ticket-{number}", zipped=zipped)))
