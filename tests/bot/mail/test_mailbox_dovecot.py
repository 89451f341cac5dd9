"""The mailbox at a real Dovecot, with mail delivered by LMTP and staff at work in the same mailbox."""

import imaplib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.mail.backfill import backfill
from bot.mail.imap import Connection
from bot.mail.probe import probe_imap
from bot.mail.settings import ImapSettings
from bot.ports import Refused, Unreachable
from tests.bot.mail.shelf import Shelf, running
from tests.servers import until
from tests.servers.dovecot import PASSWORD, Dovecot


def letter(number: int, size: int = 0) -> bytes:
    head = f"From: Anna <anna@mail.example>\r\nSubject: letter {number}\r\nMessage-ID: <{number}@mail.example>\r\n\r\n"
    return head.encode() + b"Please erase my data.\r\n" + b"x" * size + b"\r\n"


def flags(client: imaplib.IMAP4) -> dict[int, str]:
    """Flags by UID, as a person's mail program sees them."""
    client.noop()
    _, lines = client.uid("FETCH", "1:*", "(FLAGS)")
    found = {}
    for line in filter(None, lines):
        assert isinstance(line, bytes)
        if b"UID " not in line:
            continue  # told unasked
        found[int(line.split(b"UID ")[1].split()[0])] = line.decode()
    return found


def settings(dovecot: Dovecot, user: str, **changes: Any) -> ImapSettings:
    defaults: dict[str, Any] = {"host": "127.0.0.1", "port": dovecot.imap, "security": "none", "password": PASSWORD}
    return ImapSettings(**{**defaults, "user": user, **changes})


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return "u" + str(abs(hash(request.node.name)) % 10**9)


def test_a_letter_is_taken_once_marked_for_people_and_left_unread(dovecot: Dovecot, user: str) -> None:
    shelf = Shelf()
    dovecot.deliver(user, letter(1), letter(2))
    with running(dovecot.imap, shelf, user=user) as mailbox:
        first, second = shelf.wait_for(2)
        assert first.raw is not None
        assert letter(1).strip() in first.raw
        assert abs(datetime.now(UTC) - first.received_at) < timedelta(minutes=5)
        staff = dovecot.staff(user)
        mailbox.mark([first.key])
        until(lambda: "$RightsDesk" in flags(staff)[first.key.uid], "the keyword")
        assert "Seen" not in str(flags(staff))
        assert "$RightsDesk" not in flags(staff)[second.key.uid]
        dovecot.deliver(user, letter(3))
        shelf.wait_for(3)
    assert shelf.uids == [1, 2, 3]


def test_after_a_restart_nothing_is_taken_twice(dovecot: Dovecot, user: str) -> None:
    shelf = Shelf()
    dovecot.deliver(user, letter(1))
    for expected in (1, 2, 3):
        with running(dovecot.imap, shelf, user=user):
            shelf.wait_for(expected)
        dovecot.deliver(user, letter(expected + 1))
    assert shelf.uids == [1, 2, 3]


def test_our_mail_moves_to_its_folder_and_other_mail_stays(dovecot: Dovecot, user: str) -> None:
    shelf = Shelf()
    dovecot.deliver(user, letter(1), letter(2))
    with running(dovecot.imap, shelf, user=user, move_to="Ours") as mailbox:
        mailbox.mark([shelf.wait_for(2)[0].key])
        until(lambda: mailbox.state.marked == 1, "marked")
        assert list(flags(dovecot.staff(user))) == [2]
        assert [*flags(dovecot.staff(user, "Ours")).values()][-1].count("$RightsDesk") == 1


def test_mails_expunged_by_staff_between_looking_and_fetching_are_no_trouble(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *(letter(number) for number in range(1, 9)))
    staff = dovecot.staff(user)

    class Slow(Shelf):
        """While the first mail is stored, a person deletes two of those already found."""

        def take(self, mails: list[Any]) -> None:
            if not self.mails:
                staff.uid("STORE", "3,8", "+FLAGS", r"(\Deleted)")
                staff.expunge()
            super().take(mails)

    shelf = Slow()
    with running(dovecot.imap, shelf, user=user, batch=1) as mailbox:
        shelf.wait_for(6)
        dovecot.deliver(user, letter(9))
        shelf.wait_for(7)
        assert mailbox.state.connects == 1
    assert shelf.uids == [1, 2, 4, 5, 6, 7, 9]


def test_kicked_out_it_comes_back_and_takes_what_came_meanwhile(dovecot: Dovecot, user: str) -> None:
    shelf = Shelf()
    dovecot.deliver(user, letter(1))
    with running(dovecot.imap, shelf, user=user) as mailbox:
        for number in (1, 2, 3):
            shelf.wait_for(number)
            until(lambda: mailbox.state.connected_since, "connected")
            dovecot.doveadm("kick", user)
            dovecot.deliver(user, letter(number + 1))
        shelf.wait_for(4)
        assert mailbox.state.connects >= 2
    assert shelf.uids == [1, 2, 3, 4]


def test_a_mailbox_numbered_anew_is_read_again_under_new_keys(dovecot: Dovecot, user: str) -> None:
    shelf = Shelf()
    dovecot.deliver(user, letter(1), letter(2))
    with running(dovecot.imap, shelf, user=user):
        old = shelf.wait_for(2)[0].key.uidvalidity
    dovecot.doveadm("mailbox", "update", "-u", user, "--uid-validity", str(old + 1000), "INBOX")
    with running(dovecot.imap, shelf, user=user):
        shelf.wait_for(4)
    assert shelf.moves == [(old, 0), (old + 1000, 0)]
    assert [mail.raw for mail in shelf.mails[:2]] == [mail.raw for mail in shelf.mails[2:]]


def test_at_the_first_start_old_mail_is_left_alone_but_todays_and_later_is_read(dovecot: Dovecot, user: str) -> None:
    staff = dovecot.staff(user)
    for number, day in ((1, "01-Jan-2020"), (2, "02-Jan-2020")):
        staff.append("INBOX", "", f'"{day} 10:00:00 +0000"', letter(number))
    shelf, today = Shelf(), datetime.now(UTC).date()
    with running(dovecot.imap, shelf, user=user, since=today - timedelta(days=1)):
        until(lambda: shelf.moves, "a place to begin")
        assert shelf.moves[0][1] == 2
        dovecot.deliver(user, letter(3))
        shelf.wait_for(1)
    assert shelf.uids == [3]
    everything = list(backfill(settings(dovecot, user), datetime(2020, 1, 2, tzinfo=UTC).date()))
    assert [mail.key.uid for batch in everything for mail in batch] == [2, 3]


def test_polling_brings_mail_that_an_idle_push_would_hold_back(dovecot: Dovecot, user: str) -> None:
    shelf = Shelf()
    with running(dovecot.imap, shelf, user=user, poll_ms=20) as mailbox:
        until(lambda: mailbox.state.connected_since, "connected")
        for number in range(1, 6):
            dovecot.deliver(user, letter(number))
            shelf.wait_for(number)
        assert mailbox.state.connects == 1
    assert shelf.uids == [1, 2, 3, 4, 5]


def test_letters_with_bytes_of_every_kind_arrive_as_they_are(dovecot: Dovecot, user: str) -> None:
    odd = [bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b""), b"{5}\r\n)", b'A1 OK "\\', b"", b"* BYE"]
    shelf = Shelf()
    dovecot.deliver(user, *(b"Subject: odd\r\n\r\n" + body + b"\r\n" for body in odd))
    with running(dovecot.imap, shelf, user=user):
        shelf.wait_for(len(odd))
    bodies = [(mail.raw or b"").partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for mail in shelf.mails]
    assert bodies == odd


def test_tls_is_verified_and_starttls_is_tls(dovecot: Dovecot, user: str) -> None:
    trusted = str(dovecot.ca_file)
    for changes in ({"security": "tls", "port": dovecot.imaps}, {"security": "starttls"}):
        with pytest.raises(Unreachable, match="certificate"):
            Connection(settings(dovecot, user, **changes))
        connection = Connection(settings(dovecot, user, **changes, ca_file=trusted))
        assert connection.select().keywords
        connection.close()
    shelf = Shelf()
    dovecot.deliver(user, letter(1, size=300_000))
    with running(dovecot.imaps, shelf, user=user, security="tls", ca_file=trusted):
        shelf.wait_for(1)
        dovecot.deliver(user, letter(2))
        shelf.wait_for(2)


def test_check_finds_a_wrong_password_and_a_missing_folder(dovecot: Dovecot, user: str) -> None:
    assert probe_imap(settings(dovecot, user)) == []
    assert "password" in probe_imap(settings(dovecot, user, password="wrong"))[0]
    assert "'Nowhere'" in probe_imap(settings(dovecot, user, mailbox="Nowhere"))[0]
    assert "create it" in probe_imap(settings(dovecot, user, move_to="Nowhere"))[0]
    assert "certificate" in probe_imap(settings(dovecot, user, security="tls", port=dovecot.imaps))[0]
    assert "another port" in probe_imap(settings(dovecot, user, security="tls"))[0]
    with pytest.raises(Refused):
        Connection(settings(dovecot, user, password="wrong"))
