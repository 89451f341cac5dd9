"""A copy of the data, alone and together with its erasure."""

from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from responders.case.ticket import Status

FOUND = {
    "Mailer Inc.": "name: Anna Kundin\nlist: Opterre News",
    "Parcelway": "address: Elm Street 4",
    "Ledger & Daughters": "two invoices, 2025",
}


@story("Anna wants to see her data: code, approval, three processors, one answer with all that was found.")
async def access(stage: Stage) -> None:
    await stage.anna.writes("Please give me a copy of all data you have stored about me.")
    stage.anna.got("access", "simply reply")
    await stage.expects(Status.IDENTIFYING)
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.expects(Status.DECIDING)
    await stage.olga.approves()
    for processor, found in FOUND.items():
        await stage.ivan.ticks(processor, found)
    await stage.expects(Status.FULFILLED)
    stage.anna.got("list: Opterre News", "Elm Street 4", "two invoices")
    stage.true("Elm Street" not in stage.channel_text(), "personal data stands in the channel")


@story("Access and erasure in one letter: two tickets, one code, and nothing is erased before the copy is out.")
async def access_and_erase(stage: Stage) -> None:
    await stage.anna.writes(
        "Please give me a copy of all data you have stored about me. "
        "Afterwards, please erase everything you hold about me."
    )
    await stage.expects_tickets("access", "erase")
    stage.anna.got("access", "simply reply")
    stage.anna.got_nothing()
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.expects(Status.DECIDING, 2)
    await stage.olga.approves(2)
    stage.olga.heard("answer ticket 1 before")
    await stage.olga.approves(1)
    for processor, found in FOUND.items():
        await stage.ivan.ticks(processor, found, 1)
    stage.anna.got("two invoices")
    await stage.olga.approves(2)
    stage.anna.got("STOP")
    await stage.days_pass(1.1)
    await stage.ivan.ticks_all(ticket=2)
    stage.anna.got("erased")
    await stage.expects(Status.FULFILLED, 2)


@story("Anna wants her data to take along: a file from Mailer Inc., sent by mail.")
async def portability(stage: Stage) -> None:
    await stage.anna.writes("I invoke my right to data portability: send me my data in a machine-readable format.")
    await stage.expects_tickets("portability")
    stage.anna.got("simply reply")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.olga.approves()
    await stage.ivan.ticks("Mailer Inc.", "name;list\nAnna Kundin;Opterre News")
    stage.anna.got("Anna Kundin;Opterre News")
    await stage.expects(Status.FULFILLED)
