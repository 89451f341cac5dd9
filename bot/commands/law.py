"""due, letters, lifecycle: the law's dates, the letters, the life cycle."""

from datetime import datetime

import click

from bot.commands.common import Json, Plain, answer_lines, opened


@click.command()
@click.option("--law", "regime", help="gdpr, uk, ch, ccpa, us-va, pipeda, lgpd …")
@click.option("--right", help="access, erase, rectify, portability, restrict, object, optout_sale, unsubscribe …")
@click.option("--received", help="When the request came in, with its offset: 2026-01-31T10:00-07:00.")
@click.option("--country", help="Where the person lives, ISO 3166 (DE, GB-SCT): for public holidays.")
@click.option("--subject-tz", help="The person's time zone (Europe/Berlin).")
@click.option("--controller-tz", default="America/Denver", show_default=True, help="The company's time zone.")
@click.option("--extension", is_flag=True, help="Count with the extension taken.")
@click.option("--jsonl", metavar="FILE|-", help="Take requests a line, print their dates a line.")
def due(
    regime: str | None,
    right: str | None,
    received: str | None,
    country: str | None,
    subject_tz: str | None,
    controller_tz: str,
    jsonl: str | None,
    *,
    extension: bool,
) -> None:
    """Compute the dates the law sets, and show each step with its source."""
    from responders.law.line import due_line

    if jsonl:
        return answer_lines(opened(jsonl), dates_line, dateless_line)
    if not (regime and right and received):
        raise click.UsageError("give --law, --right and --received, or --jsonl -")
    try:
        moment = datetime.fromisoformat(received)
    except ValueError:
        raise Plain(f"--received {received!r} is not a date and time such as 2026-01-31T10:00-07:00") from None
    if moment.tzinfo is None:
        raise Plain("--received needs its offset from UTC, such as 2026-01-31T10:00-07:00")
    request = {
        "regime": regime,
        "right": right,
        "received": received,
        "country": country,
        "subject_tz": subject_tz,
        "controller_tz": controller_tz,
        "extension": extension,
    }
    try:
        dates = due_line(request)
    except ValueError as error:
        raise Plain(str(error)) from None
    words = {
        "ack_by": "acknowledge by",
        "due": "answer by",
        "extended_due": "extended, answer by",
        "extension_notice_by": "tell of the extension by",
        "remind_by": "last working day",
        "due_at_utc": "last instant (UTC)",
    }
    for key, word in words.items():
        if dates[key]:
            click.echo(f"{word:<26}{dates[key]}")
    working = dates["working"]
    assert isinstance(working, list)
    for step in working:
        click.echo(f"  {step}")
    return None


def dates_line(_: int, line: Json) -> Json:
    """The dates of one line; a right that the law does not give has none, and its line says so. Raises ValueError."""
    from responders.law.deadlines import NoSuchRight
    from responders.law.line import NO_DATES, due_line

    try:
        return due_line(line)
    except NoSuchRight as error:
        return {"id": line.get("id"), **NO_DATES, "working": [str(error)]}


def dateless_line(id_: object, reason: str) -> Json:
    """The line of a request that can't be counted."""
    from responders.law.line import NO_DATES

    return {"id": id_, **NO_DATES, "working": [], "error": reason}


@click.command()
@click.option("--unreviewed", is_flag=True, help="Only those that no lawyer has read.")
def letters(*, unreviewed: bool) -> None:
    """List the letter templates by language, and whether a lawyer has reviewed them."""
    from responders.letters.render import states

    shown = 0
    for language, name, reviewed in states():
        if not (unreviewed and reviewed):
            click.echo(f"{language}  {name:<40} {'reviewed' if reviewed else 'not reviewed'}")
            shown += 1
    click.echo(f"{shown} templates")


@click.command()
def lifecycle() -> None:
    """Print the life cycle of a ticket as a Mermaid state diagram, drawn from the table that rules it."""
    from responders.case.lifecycle import diagram

    click.echo(diagram())
