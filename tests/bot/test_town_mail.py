"""The town's mail servers, met by the clients the bot uses: imapclient in a thread and aiosmtplib."""

import asyncio
import email
import email.policy
import select
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import aiosmtplib
import pytest
from imapclient import IMAPClient

from bot.demo.servers.mail import ANNA, PAUL, PEOPLE, SUPPORT, MailTown
from bot.demo.servers.smtp import Fault, Verb

T = TypeVar("T")
LONG = 10  # seconds; only a broken server makes a test wait that long


@pytest.fixture
async def town() -> AsyncIterator[MailTown]:
    async with MailTown() as town:
        yield town


def letter(subject: str = "My data", to: str = SUPPORT) -> bytes:
    return f"From: Anna <{ANNA}>\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nPlease delete my data.\r\n".encode()


def reader(town: MailTown, user: str = SUPPORT, timeout: float = LONG) -> IMAPClient:
    client = IMAPClient("127.0.0.1", town.imap_port, ssl=False, timeout=timeout)
    client.login(user, PEOPLE[user])
    client.select_folder("INBOX")
    return client


async def reading(work: Callable[..., T], *args: Any) -> T:
    """imapclient blocks, so it works in a thread."""
    return await asyncio.to_thread(work, *args)


def heard(client: IMAPClient) -> bool:
    """Whether the server says anything within LONG seconds."""
    return bool(select.select([client.socket()], [], [], LONG)[0])


async def send(town: MailTown, raw: bytes, to: str = SUPPORT, sender: str = ANNA, timeout: float = LONG) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=town.smtp_port, start_tls=False, timeout=timeout)
    async with client:
        await client.sendmail(sender, [to], raw)


async def test_a_mail_sent_over_smtp_is_pushed_to_a_reader_in_idle(town: MailTown) -> None:
    client = await reading(reader, town)
    await reading(client.idle)
    await send(town, letter("Löschung"))
    assert await reading(heard, client)
    await reading(client.idle_done)
    uids = await reading(client.search, ["UNSEEN"])
    raw = (await reading(client.fetch, uids, ["BODY.PEEK[]"]))[uids[0]][b"BODY[]"]
    assert raw.endswith(letter("Löschung"))
    assert raw.startswith(f"Return-Path: <{ANNA}>\r\nDelivered-To: {SUPPORT}\r\n".encode())
    assert town.mailbox(SUPPORT)[0].flags == frozenset()
    await reading(client.logout)


async def test_fifty_mails_at_once_arrive_once_each(town: MailTown) -> None:
    await asyncio.gather(*(send(town, letter(f"n{number}")) for number in range(50)))
    client = await reading(reader, town)
    uids = await reading(client.search, "ALL")
    subjects = {mail[b"ENVELOPE"].subject for mail in (await reading(client.fetch, uids, ["ENVELOPE"])).values()}
    assert len(uids) == len(subjects) == 50
    await reading(client.logout)


async def test_a_keyword_flag_survives_a_move_and_the_end_of_the_connection(town: MailTown) -> None:
    await send(town, letter())
    client = await reading(reader, town)
    uids = await reading(client.search, "ALL")
    await reading(client.add_flags, uids, [b"$rightsdesk"])
    assert await reading(client.search, ["KEYWORD", "$rightsdesk"]) == uids
    await reading(client.create_folder, "Rights")
    await reading(client.move, uids, "Rights")
    await reading(client.logout)

    again = await reading(reader, town)
    chosen = await reading(again.select_folder, "Rights")
    assert b"\\*" in chosen[b"PERMANENTFLAGS"]
    assert b"$rightsdesk" in chosen[b"FLAGS"]
    assert b"\\*" not in chosen[b"FLAGS"]
    assert len(await reading(again.search, ["KEYWORD", "$rightsdesk"])) == 1
    assert await reading(again.search, ["UNKEYWORD", "$rightsdesk"]) == []
    assert town.mailbox(SUPPORT) == []
    assert "$rightsdesk" in town.mailbox(SUPPORT, "Rights")[0].flags
    await reading(again.logout)


async def test_the_server_offers_what_the_bot_needs(town: MailTown) -> None:
    client = await reading(reader, town)
    assert {b"IDLE", b"UIDPLUS", b"MOVE"} <= set(await reading(client.capabilities))
    await reading(client.logout)


async def test_a_wrong_password_is_refused_by_both_servers(town: MailTown) -> None:
    client = await reading(lambda: IMAPClient("127.0.0.1", town.imap_port, ssl=False, timeout=LONG))
    with pytest.raises(Exception, match="Invalid"):
        await reading(client.login, SUPPORT, "wrong")
    await reading(client.logout)
    smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=town.smtp_port, start_tls=False, timeout=LONG)
    async with smtp:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await smtp.login(SUPPORT, "wrong")


async def test_the_envelope_and_the_login_are_remembered(town: MailTown) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=town.smtp_port, start_tls=False, timeout=LONG) as smtp:
        await smtp.login(SUPPORT, PEOPLE[SUPPORT])
        await smtp.sendmail("support+b7@opterre.example", [ANNA], letter(to=ANNA))
        await smtp.sendmail("", [ANNA], letter(to=ANNA))
    await send(town, letter())
    assert [mail.mail_from for mail in town.accepted] == ["support+b7@opterre.example", "", ANNA]
    assert [mail.login for mail in town.accepted] == [SUPPORT, SUPPORT, None]
    assert len(town.sent_to(ANNA)) == len(town.mailbox(ANNA)) == 2


async def test_a_plus_address_reaches_its_owner(town: MailTown) -> None:
    await send(town, letter(), to="support+c7f3@opterre.example")
    assert b"Delivered-To: support+c7f3@opterre.example\r\n" in town.mailbox(SUPPORT)[0].raw


async def test_an_unknown_address_is_refused_at_rcpt(town: MailTown) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(town, letter(), to="nobody@kundin.example")
    assert refused.value.recipients[0].code == 550
    town.remove(PAUL)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await send(town, letter(), to=PAUL)
    assert town.accepted == []


async def test_a_late_bounce_comes_back_as_a_delivery_report(town: MailTown) -> None:
    town.bouncing["full@kundin.example"] = "5.2.2 mailbox full"
    raw = letter(to="full@kundin.example").replace(b"\r\n\r\n", b"\r\nMessage-ID: <42@opterre.example>\r\n\r\n", 1)
    await send(town, raw, to="full@kundin.example", sender="support+b42@opterre.example")
    [stored] = town.mailbox(SUPPORT)
    report = email.message_from_bytes(stored.raw, policy=email.policy.default)
    assert report.get_content_type() == "multipart/report"
    assert report["Delivered-To"] == "support+b42@opterre.example"
    text, status, returned = report.iter_parts()
    assert "5.2.2 mailbox full" in text.get_content()
    assert "Final-Recipient: rfc822; full@kundin.example" in str(status)
    assert "<42@opterre.example>" in returned.get_content()


@pytest.mark.parametrize("verb", ["CONNECT", "MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("reply", ["451 4.3.0 try again later", "554 5.7.1 not here"])
async def test_each_verb_can_refuse_once_and_the_next_try_is_taken(town: MailTown, verb: Verb, reply: str) -> None:
    town.smtp.fail(verb, Fault(reply))
    with pytest.raises(aiosmtplib.SMTPException) as refused:
        await send(town, letter())
    assert reply[:3] in str(refused.value) or reply[:3] in repr(refused.value)
    assert town.accepted == []
    await send(town, letter())
    assert len(town.mailbox(SUPPORT)) == 1


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
async def test_each_verb_can_cut_the_connection(town: MailTown, verb: Verb) -> None:
    town.smtp.fail(verb, Fault(close=True))
    with pytest.raises(aiosmtplib.SMTPException):
        await send(town, letter())
    assert town.accepted == []


async def test_a_mail_may_be_taken_and_the_sender_never_told(town: MailTown) -> None:
    town.smtp.fail("DOT", Fault(close=True, taken=True))
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(town, letter())
    assert len(town.accepted) == len(town.mailbox(SUPPORT)) == 1


async def test_a_hanging_server_times_the_sender_out(town: MailTown) -> None:
    town.smtp.fail("DATA", Fault(hang=True))
    with pytest.raises(aiosmtplib.SMTPTimeoutError):
        await send(town, letter(), timeout=0.2)
    assert town.accepted == []


async def test_a_server_that_was_only_slow_takes_the_mail_when_it_is_let_go(town: MailTown) -> None:
    town.smtp.fail("DOT", Fault(hang=True), times=None)
    sending = asyncio.create_task(send(town, letter()))
    await town.changes.until(lambda: town.smtp.hanging)
    assert town.accepted == []
    town.smtp.heal()
    await sending
    assert len(town.accepted) == 1


async def test_a_reader_thrown_out_of_idle_comes_back_to_everything(town: MailTown) -> None:
    for bye in (True, False):
        client = await reading(reader, town)
        await reading(client.idle)
        await town.imap.drop(bye=bye)
        assert await reading(heard, client)
        assert town.imap.connections == 0
        with pytest.raises((OSError, client.AbortError)):
            await reading(client.idle_done)
    await send(town, letter())
    client = await reading(reader, town)
    assert len(await reading(client.search, "UNSEEN")) == 1
    await reading(client.logout)


async def test_a_dead_line_says_nothing_and_a_new_one_has_the_mail(town: MailTown) -> None:
    client = await reading(reader, town, SUPPORT, 0.3)
    town.imap.mute()
    await send(town, letter())
    with pytest.raises(TimeoutError):
        await reading(client.noop)
    with pytest.raises(TimeoutError):
        await reading(reader, town, SUPPORT, 0.3)
    town.imap.unmute()
    again = await reading(reader, town)
    assert len(await reading(again.search, "ALL")) == 1
    await reading(again.logout)


async def test_servers_that_were_away_come_back_on_the_same_ports(town: MailTown) -> None:
    ports = (town.smtp_port, town.imap_port)
    await town.stop()
    with pytest.raises(OSError, match="refused"):
        await reading(reader, town)
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await send(town, letter())
    await town.start()
    assert (town.smtp_port, town.imap_port) == ports
    await send(town, letter())
    assert len(town.mailbox(SUPPORT)) == 1


async def test_a_person_at_another_mail_program_flags_and_deletes(town: MailTown) -> None:
    await town.deliver(letter("first"))
    await town.deliver(letter("second"))
    first, second = town.mailbox(SUPPORT)
    await town.mark(SUPPORT, first.uid, "\\Seen")
    await town.expunge(SUPPORT, second.uid)
    client = await reading(reader, town)
    assert await reading(client.search, "ALL") == await reading(client.search, "SEEN") == [first.uid]
    await reading(client.logout)


async def test_uidvalidity_can_change(town: MailTown) -> None:
    client = await reading(reader, town)
    before = (await reading(client.select_folder, "INBOX"))[b"UIDVALIDITY"]
    town.imap.folders(SUPPORT).folder("INBOX").forget_uids()
    assert (await reading(client.select_folder, "INBOX"))[b"UIDVALIDITY"] != before
    await reading(client.logout)


async def test_a_page_can_follow_what_arrives(town: MailTown) -> None:
    before = town.changes.number
    await send(town, letter(), to=PAUL)
    change = await asyncio.wait_for(anext(town.changes.follow(before)), LONG)
    assert (change.kind, change.where) == ("mailbox", f"{PAUL}/INBOX")


async def test_a_letter_for_nobody_in_town_is_an_error(town: MailTown) -> None:
    with pytest.raises(LookupError):
        await town.deliver(letter(to="nobody@kundin.example"))


async def test_bytes_no_parser_likes_are_kept_as_they_are(town: MailTown) -> None:
    for raw in (b"", b"no header at all", b"Subject: x", b"\r\n\r\n\xff\xfe", b"From: \xe4\r\n\r\nline\r\n"):
        await town.deliver(raw, SUPPORT)
        assert town.mailbox(SUPPORT)[-1].raw.split(b"\r\n", 2)[2] == raw
