"""Who is it? Wrong codes, somebody else's answer, a forged sender."""

from bot.demo.stories.erasure import ERASE
from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from bot.demo.stories.words import code_in
from responders.case.ticket import Identity, Status

WRONG = "AAAA-BBBB-CCCC"


@story("Mallory answers with Anna's code from his own mailbox: nothing happens but a note to staff.")
async def impostor(stage: Stage) -> None:
    await stage.anna.writes(ERASE)
    mail = stage.anna.got("simply reply")
    await stage.mallory.answers(f"My code: {code_in(mail)}", mail)
    stage.mallory.got_nothing()
    stage.true((await stage.expects(Status.IDENTIFYING)).identity is Identity.OPEN, "identity was confirmed")
    stage.expects_in_slack("Somebody else answered")


@story("Mallory forges Anna's address; the company's own server saw it, and nothing goes out.")
async def forged_sender(stage: Stage) -> None:
    await stage.mallory.writes(ERASE, as_=stage.anna)
    stage.anna.got_nothing()
    await stage.expects(Status.UNCLEAR)
    stage.expects_in_slack("failed authentication")


@story("Five wrong codes: the code no longer counts, not even the right one; a fresh one does.")
async def wrong_codes(stage: Stage) -> None:
    await stage.anna.writes(ERASE)
    mail = stage.anna.got("simply reply")
    for _ in range(5):
        await stage.anna.answers(f"My code: {WRONG}", mail)
        stage.anna.got("could not accept the code")
    stage.expects_in_slack("Too many wrong codes")
    await stage.anna.answers_with_the_code(mail)
    stage.anna.got("could not accept the code")
    await stage.expects(Status.IDENTIFYING)
    await stage.anna.answers("Please send me a new code.", mail)
    stage.anna.got("code")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.expects(Status.DECIDING)


@story("A click on Approve before the code came back is refused in words: the card offers none.")
async def no_approval_without_identity(stage: Stage) -> None:
    await stage.anna.writes(ERASE)
    stage.anna.got("simply reply")
    stage.true("[Approve]" not in stage.card_text(1), "Approve is offered")
    await stage.ivan.confirms_identity("She called from the number we know, and knew her last order.")
    stage.anna.got("[#1]")
    stage.true((await stage.expects(Status.DECIDING)).identity is Identity.STAFF, "identity is not confirmed")
    stage.true("[Approve]" in stage.card_text(1), "Approve is not offered")
