"""Robots: an out-of-office answer, and ordinary mail that is none of our business."""

from bot.demo.stories.erasure import ERASE
from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from responders.case.ticket import Status

AWAY = {"Auto-Submitted": "auto-replied", "Precedence": "bulk"}


@story("Anna's mailbox answers our letter by itself: no word goes back, and nothing changes.")
async def out_of_office(stage: Stage) -> None:
    await stage.anna.writes(ERASE)
    mail = stage.anna.got("simply reply")
    for _ in range(3):
        await stage.anna.writes(
            "I am away until Monday. I will answer your mail then.", "Out of office", answers=mail, headers=AWAY
        )
    stage.anna.got_nothing()
    await stage.expects(Status.IDENTIFYING)
    await stage.expects_tickets("erase")


@story("Ordinary support mail stays in the shared mailbox exactly as it was found.")
async def ordinary_mail(stage: Stage) -> None:
    await stage.anna.writes("Where is my order 4711? It should have arrived on Friday.", "My order")
    await stage.expects_tickets()
    stage.anna.got_nothing()
    stage.true(stage.left_alone() == ["My order"], "the mail was touched")
