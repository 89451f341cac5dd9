"""The town's engine: stories can fail, its clock only goes forward, its server knows who logged in."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from bot.demo import main
from bot.demo.cast import ANNA, CUSTOMERS, IMPOSTOR, SUPPORT
from bot.demo.clock import TownClock
from bot.demo.page import customer, shelf
from bot.demo.post import authentication, letter, read
from bot.demo.servers.smtp import Accepted
from bot.demo.stories.player import play_all
from bot.demo.stories.shelf import Story, stories
from bot.demo.stories.stage import Stage
from bot.demo.stories.words import block_lines, code_in, readable
from bot.demo.view import unquoted
from intents.reader import read_text
from intents.rights import Intent
from responders.case.ticket import Status
from storage.secrets import new_code, plain_code

NOON = datetime(2027, 3, 2, 12, tzinfo=UTC)


async def test_a_story_that_does_not_end_as_it_should_is_named() -> None:
    async def wrong(stage: Stage) -> None:
        await stage.anna.writes("Please erase everything you hold about me.")
        stage.anna.got("simply reply")
        await stage.expects(Status.FULFILLED)

    async def unread(stage: Stage) -> None:
        await stage.anna.writes("Please erase everything you hold about me.")

    told: list[str] = []
    failed = await play_all([Story("wrong", "", wrong), Story("unread", "", unread)], told.append)
    assert failed == ["wrong", "unread"]
    assert any("ticket 1 is identifying, not fulfilled" in line for line in told)
    assert any("a letter that the story doesn't tell of" in line for line in told)


def test_stories_are_listed_and_an_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run_stories("list") == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in stories())
    assert main.run_stories("no-such-story") == 2


def test_every_right_has_a_story() -> None:
    text = " ".join(story.title for story in stories().values()).casefold() + " ".join(stories())
    told = {"optout_sale": "do-not-sell", "other": "nobody-is-sure"}
    assert [right for right in Intent if told.get(right.value, right.value) not in text] == []


def test_a_standing_clock_moves_only_when_told_and_never_back() -> None:
    clock = TownClock(NOON)
    assert clock.now() - NOON < timedelta(seconds=1)
    clock.move_to(NOON + timedelta(days=3))
    assert timedelta(days=3) <= clock.now() - NOON < timedelta(days=3, seconds=1)
    clock.move_to(NOON)
    assert clock.now() > NOON + timedelta(days=3)


def test_the_town_vouches_only_for_the_sender_who_logged_in() -> None:
    anna = CUSTOMERS[0]
    own = letter(anna, "My data", "…", at=NOON)
    forged = letter(IMPOSTOR, "My data", "…", at=NOON, as_=anna)
    assert b"dmarc=pass" in authentication(Accepted(ANNA, (SUPPORT,), own, ANNA, NOON))
    assert b"dmarc=fail" in authentication(Accepted(IMPOSTOR.address, (SUPPORT,), forged, IMPOSTOR.address, NOON))


def test_a_reply_joins_the_thread_and_the_page_shows_it_without_its_quote() -> None:
    anna = CUSTOMERS[0]
    ours = EmailMessage()
    ours["From"], ours["Message-ID"], ours["References"] = "Opterre <support@opterre.example>", "<2@x>", "<1@x>"
    ours.set_content("Hello,\n\nthe code is ABCD-EF23-4567\n")
    mail = read(ours.as_bytes(), NOON)
    assert code_in(mail) == "ABCD-EF23-4567"
    reply = read(letter(anna, "Re: My data", "abcd ef23 4567", at=NOON, answers=mail), NOON)
    assert (reply.in_reply_to, reply.thread) == ("<2@x>", "<1@x>")
    assert "> the code is" in reply.text
    assert unquoted(reply.text) == "abcd ef23 4567"


def test_every_code_is_found_again_also_typed_in_lower_case() -> None:
    for code in [new_code() for _ in range(300)]:
        reading = read_text("Re: My data [#1]", f"Hello, here it is: {code.lower()}")
        assert plain_code(reading.fields.code or "") == plain_code(code)


def test_cards_are_readable_as_text() -> None:
    assert readable(":white_check_mark: *Mailer Inc.* a &lt; b <@U_OLGA>") == "[x] Mailer Inc. a < b @"
    button = {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}
    assert list(block_lines([{"type": "actions", "elements": [button]}])) == ["[Approve]"]


def test_every_sample_letter_has_a_writer_and_is_read_as_it_is_meant() -> None:
    for sample in shelf():
        assert customer(sample["who"])
        assert sample["text"].strip()
        assert customer(sample.get("as", "anna"))
        reading = read_text(sample.get("subject", ""), sample["text"])
        assert reading.unsure is sample.get("unsure", False), sample["name"]
        assert reading.unsure or list(reading.intents) == sample["asks"], sample["name"]
    assert {sample["group"] for sample in shelf()} >= {"English", "Deutsch", "Français", "Español", "Trouble", "Chat"}
