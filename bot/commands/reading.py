"""read, ask, what-if: what the bot understands, and what it would do."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.commands.common import Json, Plain, answer_lines, config_option, opened, print_json
from intents.letter import Channel, Letter
from intents.lexicon import load_all
from intents.reader import read_letter, read_text
from intents.reading import Reading
from intents.rights import Intent

if TYPE_CHECKING:
    from responders.case.ticket import Ticket

MAX_LINE = 2_000_000
A_STREAM = 10
"""So many lines, and the words of every language are loaded at once: few letters wait, and the first ones do not."""


def line_of(id_: object, reading: Reading) -> dict[str, Any]:
    """A reading in the shape of the contract (README, "Read a letter")."""
    fields = reading.fields
    named = {name: getattr(fields, name) for name in fields.__slots__}
    return {
        "id": id_,
        "language": reading.language,
        "intents": [intent.value for intent in reading.intents],
        "scores": {intent.value: score for intent, score in reading.scores.items()},
        "why": [
            {
                "intent": w.intent.value,
                "text": w.text,
                "score": w.score,
                "start": w.start,
                "end": w.end,
                "article": w.article,
            }
            for w in reading.why
        ],
        "case_reply": reading.case_reply.value if reading.case_reply else None,
        "fields": {name: list(value) if isinstance(value, tuple) else value for name, value in named.items() if value},
        "auto": reading.auto,
        "risk": reading.risk.value if reading.risk else None,
        "risks": [{"risk": sign.risk.value, "text": sign.text} for sign in reading.risks],
        "unsure": reading.unsure,
    }


def unreadable_line(id_: object, reason: str) -> dict[str, Any]:
    """The line of a mail that could not be read: staff would be told, nothing would be answered."""
    scores = {intent.value: 0 for intent in Intent}
    empty: dict[str, Any] = {"why": [], "case_reply": None, "fields": {}, "auto": False, "risk": None, "risks": []}
    return {
        "id": id_,
        "language": "und",
        "intents": [Intent.OTHER.value],
        "scores": scores,
        **empty,
        "unsure": True,
        "error": reason,
    }


@click.command()
@click.option("--jsonl", is_flag=True, help='Take {"id","channel","subject","body"} a line, print a reading a line.')
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each mail.")
@click.argument("files", nargs=-1, metavar="FILE…|-")
def read(files: tuple[str, ...], *, jsonl: bool, as_json: bool) -> None:
    """Say what letters ask, in which language, with the words that decided it. Changes nothing.

    FILE is a mail (.eml) or, for anything that has no mail headers, plain text; "-" is standard input.
    """
    if not files:
        raise click.UsageError("name a file, or - for standard input")
    if jsonl:
        for name in files:
            answer_lines(opened(name), read_line, unreadable_line)
        return
    for id_, letter in letters(files):
        if isinstance(letter, str):
            print_json(unreadable_line(id_, letter)) if as_json else click.echo(f"{id_}: could not be read: {letter}")
            continue
        reading = read_letter(letter)
        print_json(line_of(id_, reading)) if as_json else click.echo(in_words(id_, letter, reading))


def read_line(number: int, line: Json) -> Json:
    """The reading of one line of the streaming contract. Raises ValueError where it is no letter."""
    channel = line.get("channel") or "email"
    if channel not in ("email", "chat"):
        raise ValueError(f"channel is email or chat, not {channel!r}")
    subject, body = line.get("subject") or "", line.get("body") or ""
    if not isinstance(subject, str) or not isinstance(body, str):
        raise ValueError("subject and body are text")  # noqa: TRY004 - all faults of a line are of one kind
    if number == A_STREAM:
        load_all()
    return line_of(line.get("id"), read_text(subject, body[:MAX_LINE], Channel(channel)))


def letters(files: tuple[str, ...]) -> Iterator[tuple[str, Letter | str]]:
    """(name, letter) of each file, or the reason why it can't be read; read by a killable child, as the bot does."""
    import asyncio

    from bot.mail.parsing import ParserPool
    from intents.message import Unreadable

    with asyncio.Runner() as runner:
        pool = runner.run(_new(ParserPool))
        try:
            for name in files:
                raw = bytes_of(name)
                if isinstance(raw, str):
                    yield name, raw
                    continue
                result = runner.run(pool.read_many([raw]))[0]
                yield name, result.reason if isinstance(result, Unreadable) else result
        finally:
            runner.run(pool.close())


async def _new(pool: Any) -> Any:
    """A pool, made where an event loop runs."""
    return pool()


def bytes_of(name: str) -> bytes | str:
    """A file's bytes, or why there are none."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        return f"can't be opened ({error.strerror})"


def in_words(id_: str, letter: Letter, reading: Reading) -> str:
    """A reading for people."""
    lines = [f"{id_}: {', '.join(reading.intents)}" + (" (unsure: a person would decide)" if reading.unsure else "")]
    sender = letter.sender.address or f"not usable: {letter.sender.defect}"
    lines.append(f"  from      {sender}")
    lines.append(f"  language  {reading.language}")
    if reading.auto or letter.auto_signs:
        lines.append(f"  machine   {', '.join(letter.auto_signs) or 'yes'}: never answered")
    if reading.case_reply:
        lines.append(f"  reply     {reading.case_reply}")
    lines += [
        f"  why       {w.intent} {w.score}: “{w.text}”" + (f" ({w.article})" if w.article else "") for w in reading.why
    ]
    lines += [f"  risk      {sign.risk}: “{sign.text}”" for sign in reading.risks]
    named = {name: getattr(reading.fields, name) for name in reading.fields.__slots__}
    lines += [f"  {name:<9} {value}" for name, value in named.items() if value]
    return "\n".join(lines)


@click.command()
@click.option("--policy", "policy_path", type=click.Path(path_type=Path), required=True, help="Plain text or Markdown.")
@click.option("--jsonl", metavar="FILE|-", help='Take {"id","question"} a line, print the passages a line.')
@click.argument("question", required=False)
def ask(policy_path: Path, jsonl: str | None, question: str | None) -> None:
    """Answer questions from a privacy policy, word for word; says whether the match is sure enough to send."""
    from intents.policy import Policy, ask_line

    try:
        policy = Policy.parse(policy_path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise Plain(f"{policy_path}: can't be read ({error.strerror})") from None
    if jsonl:

        def answered(_: int, line: Json) -> Json:
            if not isinstance(line.get("question"), str):
                raise ValueError("question is text")  # noqa: TRY004 - all faults of a line are of one kind
            return ask_line(policy, {"id": line.get("id"), "question": line["question"]})

        return answer_lines(opened(jsonl), answered, unasked_line)
    if not question:
        raise click.UsageError("give a question, or --jsonl -")
    answer = policy.answer(question)
    click.echo("sure: this would be sent" if answer.sure else "not sure: a person would answer")
    for passage in answer.passages:
        click.echo(f"\n  [{passage.score}] {passage.heading}\n  {passage.text}")
    return None


def unasked_line(id_: object, reason: str) -> Json:
    """The line of a question that is none."""
    return {"id": id_, "sure": False, "passages": [], "error": reason}


@click.command("what-if")
@config_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
def what_if(config_path: Path, file: str) -> None:
    """Say what the bot would do with this mail if there were no tickets yet, and do nothing: no letter, no card."""
    from datetime import UTC, datetime

    from bot.commands.common import load_config
    from bot.configured import house_of, policy_of
    from bot.intake import clues_of, quoted
    from responders.intake import route
    from responders.law.choose import applicable, residence
    from responders.opening import open_tickets
    from responders.routes import Circumstances, Leave, Open

    config = load_config(config_path)
    [(_, letter)] = list(letters((file,)))
    if isinstance(letter, str):
        raise Plain(f"it would be parked: {letter}")
    reading, now, house = read_letter(letter), datetime.now(UTC), house_of(config)
    click.echo(in_words(file, letter, reading))
    clues = clues_of(letter, reading, now)
    policy = policy_of(config)
    passages = quoted(policy, reading) if policy and Intent.QUESTION in reading.intents else ""
    around = Circumstances(now, regimes=applicable(clues), country=residence(clues), passages=passages)
    found = route(letter, reading, around, house)
    match found:
        case Leave():
            click.echo(f"\nIt would be left as it was found: {found.reason}.")
        case Open():
            numbers = range(1, len(found.requests) + 1)
            for decision in open_tickets(found.requests, numbers, now, house):
                click.echo("\n" + ticket_in_words(decision.ticket))
                for effect in decision.effects:
                    name = (
                        getattr(effect, "name", "") or getattr(effect, "processor", "") or getattr(effect, "text", "")
                    )
                    does = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(effect).__name__).lower()
                    click.echo(f"  would {does} {name}".rstrip())
        case _:
            click.echo(f"\nIt would be taken as a reply: {found}")


def ticket_in_words(ticket: "Ticket") -> str:
    """A would-be ticket in a few lines."""
    lines = [f"Ticket: {ticket.right}, {ticket.status}"]
    if ticket.dates:
        lines.append(f"  due {ticket.dates.answer_by} ({ticket.dates.regime})")
        lines += [f"    {step}" for step in ticket.dates.working]
    lines += [f"  {mark.by}: {mark.what}" for mark in ticket.marks]
    return "\n".join(lines)
