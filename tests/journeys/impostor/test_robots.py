"""Robots, storms and bounces (T22-T26, T43, T44): answered by count, told to staff once, nobody else kept waiting."""

from pathlib import Path

import pytest

from bot.reading_ahead import AHEAD
from responders.case import events as e
from responders.case.ticket import Status
from storage.inbox import Incoming
from storage.models import OutboxRow
from tests.journeys.impostor.town import EVE, SUPPORT, Letter, Town, mail

pytestmark = pytest.mark.asyncio(loop_scope="module")

ERASE = "Please delete my account and all my data."
RIGHTS = (
    ERASE,
    "Please send me a copy of all my data.",
    "Please restrict the processing of my data under Article 18 GDPR.",
    "Please correct my data: my phone number is wrong, it is 555 0100.",
    "Please unsubscribe me from your newsletter.",
    "Do not sell or share my personal information.",
)


@pytest.mark.parametrize(
    ("sender", "head"),
    [
        ("mailer-daemon@else.example", ""),
        ("postmaster@else.example", ""),
        ("noreply@else.example", ""),
        ("no-reply@else.example", ""),
        ("do-not-reply@else.example", ""),
        (SUPPORT, ""),
        ("Support@OPTERRE.example", ""),
        ("lena@else.example", "Auto-Submitted: auto-generated"),
        ("lena@else.example", "Return-Path: <>"),
        ("lena@else.example", "Precedence: bulk"),
        ("lena@else.example", "List-Unsubscribe: <mailto:x@else.example>"),
        ("lena@else.example", "X-Auto-Response-Suppress: All"),
        ("lena@else.example", "X-Failed-Recipients: x@else.example"),
    ],
)
async def test_machines_and_our_own_addresses_are_never_answered(town: Town, sender: str, head: str) -> None:
    assert await town.mail(mail(sender, "Request", ERASE, head=head)) == []


async def test_two_robots_that_answer_each_other_exchange_three_mails_at_most(town: Town) -> None:
    """The other one strips every header and asks for something whenever it is written to."""
    robot, last = "lena@bots.example", None
    for turn in range(12):
        raw = mail(robot, f"Ticket {turn}", RIGHTS[turn % len(RIGHTS)], reply_to_letter=last if turn % 2 else None)
        last = next(iter(await town.mail(raw)), last)
    assert 1 <= len(town.letters_to(robot)) <= 3


async def test_a_robot_that_opens_and_cancels_for_ever_gets_three_letters(town: Town) -> None:
    robot = "undecided@bots.example"
    for _ in range(5):
        await town.mail(mail(robot, "Hello", ERASE), mail(robot, "Hello", "Please cancel my request."))
    assert 1 <= len(town.letters_to(robot)) <= 3


async def test_a_robot_that_sends_every_code_wrong_hears_little_and_opens_nothing(town: Town) -> None:
    robot = "guesser@bots.example"
    await town.mail(mail(robot, "Hello", ERASE))
    for _ in range(8):
        await town.mail(mail(robot, "code", "ABCD-EFGH-JK23"))
    assert 1 <= len(town.letters_to(robot)) <= 3
    assert {t.status for t in await town.about(robot)} == {Status.IDENTIFYING}


async def test_a_limit_is_one_alarm_and_not_one_a_mail(town: Town) -> None:
    eve = "storm@bots.example"
    before = len(town.staff.told)
    for turn in range(12):
        await town.mail(
            mail(eve, "Hi", f"Please send me a copy of the personal data you hold about x{turn}@y.example.")
        )
    told = [text for _, text in town.staff.told[before:]]
    assert sum("this address got 3 automatic letters" in text for text in told) == 1
    assert len(town.letters_to(eve)) == 3


async def test_a_storm_from_many_addresses_trips_the_house_breaker_with_one_alarm(tmp_path: Path) -> None:
    town = await Town.build(tmp_path, limits={"answers_per_hour": 20, "neutral_delay": 0})
    try:
        await town.mail(*(mail(f"victim{n}@storm.example", "Hi", ERASE) for n in range(40)))
        assert len(town.post.sent) == 20
        assert sum("storm" in text for _, text in town.staff.told) == 1
        await town.later(hours=2)
        assert len(await town.mail(mail("calm@storm.example", "Hi", ERASE))) == 1
    finally:
        await town.close()


async def test_a_storm_of_absence_notes_is_left_alone(town: Town) -> None:
    note = "I am out of the office until Monday. I will answer when I am back."
    told, sent = len(town.staff.told), len(town.post.sent)
    await town.mail(*(mail(f"away{n}@else.example", "Automatic reply: Hello", note) for n in range(120)))
    assert (len(town.staff.told), len(town.post.sent)) == (told, sent)


async def test_a_flood_from_one_sender_does_not_keep_the_others_waiting(tmp_path: Path) -> None:
    """5,000 mails of one sender lie before Anna's: hers is among the next batch all the same."""
    town = await Town.build(tmp_path)
    try:
        inbox, now = town.app.store.inbox, town.clock[0]
        raw, anna = mail("flood@bots.example", "Hi", "Where is my parcel?"), mail("anna@calm.example", "Hi", ERASE)
        flood = [Incoming("support", "INBOX", 1, uid, raw + b"%d" % uid, len(raw), now) for uid in range(1, 5001)]
        hers = Incoming("support", "INBOX", 1, 5001, anna, len(anna), now.replace(hour=23))
        await town.app.store.database.unit(lambda c: inbox.store(c, [*flood, hers]))
        batch = await town.app.store.database.read(lambda: inbox.waiting(200))
        assert len(batch) == 200
        assert anna in [taken.raw for taken in batch]
        for _ in range(AHEAD):
            await town.reader.run_once()
        await town.deliver()
        assert len(town.letters_to("anna@calm.example")) == 1
    finally:
        await town.close()


async def test_where_nobody_else_waits_one_sender_gets_the_whole_room_oldest_first(tmp_path: Path) -> None:
    town = await Town.build(tmp_path)
    try:
        inbox, now = town.app.store.inbox, town.clock[0]
        raws = [mail("busy@bots.example", "Hi", f"Parcel {n}?") for n in range(60)]
        times = [now.replace(second=n) for n in range(60)]
        mails = [Incoming("support", "INBOX", 1, n + 1, raws[n], len(raws[n]), times[n]) for n in range(60)]
        await town.app.store.database.unit(lambda c: inbox.store(c, mails))
        batch = await town.app.store.database.read(lambda: inbox.waiting(40))
        assert [taken.raw for taken in batch] == raws[:40]
    finally:
        await town.close()


# bounces


def bounce(letter: Letter, *, with_id: bool = True, to: str = "") -> bytes:
    ours = f"Message-ID: {letter.message['Message-ID']}\n" if with_id else "X-Gone: yes\n"
    address = to or letter.to
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.else.example\nTo: {SUPPORT}\nSubject: Undelivered Mail\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nYour message could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.else.example\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{ours}To: {address}\n\n--b--\n"
    ).encode()


async def reached_nobody(town: Town) -> tuple[str, Letter]:
    address = town.somebody()
    [letter] = await town.mail(mail(address, "Hi", ERASE))
    return address, letter


async def test_a_bounce_of_our_letter_is_shown_by_the_letters_name_once(town: Town) -> None:
    address, letter = await reached_nobody(town)
    [ticket] = await town.about(address)
    assert await town.mail(bounce(letter), bounce(letter)) == []
    told = [text for number, text in town.staff.told if number == ticket.number and "came back" in text]
    assert told == ["Our letter “erase.acknowledged” came back: the person was not reached."]
    assert (await town.app.desk.ticket(ticket.number)).status is Status.IDENTIFYING


async def test_a_bounce_without_our_message_id_is_matched_by_its_address(town: Town) -> None:
    address, letter = await reached_nobody(town)
    [ticket] = await town.about(address)
    await town.mail(bounce(letter, with_id=False))
    assert any(n == ticket.number and "erase.acknowledged" in text for n, text in town.staff.told)


async def test_a_bounce_of_what_we_never_sent_is_left_alone(town: Town) -> None:
    _, letter = await reached_nobody(town)
    before = len(town.staff.told)
    await town.mail(bounce(letter, with_id=False, to="stranger@nowhere.example"))
    assert len(town.staff.told) == before


async def test_a_forged_bounce_confirms_and_cancels_nothing(town: Town) -> None:
    address, letter = await reached_nobody(town)
    await town.mail(bounce(letter) + f"\n{letter.code}\nplease cancel my request\n".encode())
    [ticket] = await town.about(address)
    assert ticket.status is Status.IDENTIFYING
    with pytest.raises(Exception, match="Identity"):
        await town.happen(ticket.number, e.StaffApproved("olga"))


# what comes with a mail


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\\\Windows\\\\x.exe", "%2e%2e%2fx", "x\u202egnp.exe", "a" * 300 + ".zip", "con.txt"],
)
async def test_attachments_are_never_unpacked_and_never_named_on_disk(town: Town, name: str, tmp_path: Path) -> None:
    folder = Path(town.app.config.database.url.removeprefix("sqlite://")).parent
    before = sorted(path.name for path in folder.rglob("*"))
    raw = (
        f"From: {town.somebody()}\nTo: {SUPPORT}\nSubject: Hi\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{ERASE}\n--b\n"
        f'Content-Type: application/zip; name="{name}"\nContent-Disposition: attachment; filename="{name}"\n'
        "Content-Transfer-Encoding: base64\n\nUEsDBAoAAAAAAA==\n--b--\n"
    ).encode()
    await town.mail(raw)
    assert sorted(path.name for path in folder.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []


async def test_active_content_reaches_staff_as_words_only(town: Town) -> None:
    head = "MIME-Version: 1.0"
    body = "<html><script>alert(1)</script><svg onload=x><p>Please delete my account and all my data.</p></html>"
    raw = mail(EVE, "Hi", body, head=head).replace(b"text/plain", b"text/html")
    await town.mail(raw)
    rows = await town.app.store.database.read(lambda: OutboxRow.filter(kind="tell").limit(500))
    assert rows is not None
    assert not any("<script" in text or "<svg" in text for _, text in town.staff.told)
