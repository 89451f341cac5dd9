"""A server that breaks in every way it can: no mail is lost, none is taken twice, and nothing spins."""

import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.mail.backfill import backfill
from bot.mail.backoff import Backoff
from bot.mail.imap import Connection
from bot.mail.probe import probe_imap
from bot.mail.raw import MailKey
from bot.mail.settings import ImapSettings
from bot.ports import Refused, Unreachable
from tests.bot.mail.scripted_imap import GREETING, scripted_imap
from tests.bot.mail.shelf import DISK_FULL, Shelf, running
from tests.servers import free_port, until

MAILS = {uid: f"Subject: {uid}\r\n\r\nhello {uid}\r\n".encode() for uid in (3, 4, 9)}


def key(uid: int, uidvalidity: int = 7, mailbox: str = "INBOX") -> MailKey:
    return MailKey("support", mailbox, uidvalidity, uid)


def plain(port: int, **changes: Any) -> ImapSettings:
    return ImapSettings("127.0.0.1", port, **{"user": "u", "password": "p", "security": "none", **changes})


def test_mails_arrive_whole_with_their_keys_and_are_only_peeked_at() -> None:
    shelf = Shelf()
    with scripted_imap(MAILS) as server, running(server.port, shelf):
        shelf.wait_for(3)
        assert {mail.key.uid: mail.raw for mail in shelf.mails} == MAILS
        assert shelf.mails[0].key == key(3)
        assert shelf.mails[0].received_at == datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
        assert shelf.mails[0].size == len(MAILS[3])
        assert shelf.moves == [(7, 0)]
        assert server.count("UID STORE") == 0
        assert all("PEEK" in command for command in server.commands if "BODY" in command)


@pytest.mark.parametrize("what", ["bye", "eof", "hang", "junk", "no"])
@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "BODY", "NOOP"])
def test_whatever_breaks_at_whichever_command_every_mail_is_taken_once(command: str, what: str) -> None:
    shelf = Shelf()
    with scripted_imap(MAILS, (command, what)) as server:
        with running(server.port, shelf, read_timeout=0.3, poll_ms=10):
            until(lambda: server.count("NOOP") >= 2 and len(shelf.mails) == 3, "all taken, and polling")
            server.arrive(12, b"late")
            shelf.wait_for(4)
        assert shelf.uids == [3, 4, 9, 12]
        assert server.faults == []
        assert server.connections == 2


@pytest.mark.parametrize("what", ["bye", "eof", "no", "junk"])
def test_a_server_gone_while_idle_is_found_out_at_once_and_nothing_spins(what: str) -> None:
    shelf = Shelf()
    with scripted_imap(MAILS) as server:
        server.always = {"IDLE": what}
        with running(server.port, shelf) as mailbox:
            until(lambda: server.connections >= 5, "five connections")
            state = mailbox.state
        assert state.wakes <= 3 * (state.connects + 1)
        assert shelf.uids == [3, 4, 9]


def test_a_server_that_hangs_in_idle_is_left_when_it_does_not_answer_done() -> None:
    shelf = Shelf()
    impatient = {"read_timeout": 0.2, "idle_seconds": 0.05}
    with scripted_imap(MAILS, ("IDLE", "hang")) as server, running(server.port, shelf, **impatient):
        shelf.wait_for(3)
        until(lambda: server.connections == 2, "a new connection")
        server.arrive(12, b"late")
        shelf.wait_for(4)


@pytest.mark.parametrize("what", ["early", "split"])
def test_news_that_comes_before_the_plus_or_in_two_pieces_is_understood(what: str) -> None:
    shelf = Shelf()
    with scripted_imap({3: b"x"}, ("IDLE", what)) as server, running(server.port, shelf):
        shelf.wait_for(1)
        until(lambda: server.count("IDLE") >= 2, "idle again")
        assert server.connections == 1


def test_a_push_brings_the_mail_without_waiting_for_the_next_look() -> None:
    shelf = Shelf()
    with scripted_imap(MAILS) as server, running(server.port, shelf):
        shelf.wait_for(3)
        until(lambda: server.count("IDLE") == 1, "idle")
        server.arrive(12, b"new")
        assert shelf.wait_for(4)[-1].raw == b"new"


def test_a_server_that_ends_every_idle_at_once_is_polled_instead() -> None:
    shelf = Shelf()
    with scripted_imap(MAILS) as server:
        server.always = {"IDLE": "restless"}
        with running(server.port, shelf, poll_seconds=0.02):
            until(lambda: server.count("NOOP") >= 15, "polling")
            assert server.count("IDLE") == 10
            server.arrive(12, b"new")
            shelf.wait_for(4)
        assert server.connections == 1


def test_without_idle_the_mailbox_is_polled() -> None:
    shelf = Shelf()
    with scripted_imap(MAILS, greeting=b"* OK [CAPABILITY IMAP4rev1] old") as server:
        with running(server.port, shelf, poll_seconds=0.02):
            shelf.wait_for(3)
            server.arrive(12, b"new")
            shelf.wait_for(4)
        assert server.count("IDLE") == 0


def test_a_server_that_is_away_is_knocked_at_ever_more_seldom() -> None:
    waits = [Backoff(0.5, 60, jitter=lambda: 1.0)]
    backoff = waits[0]
    assert [backoff.next() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    backoff.reset()
    assert backoff.next() == 0.5
    assert Backoff(8, 60, jitter=lambda: 0.0).next() == 4


def test_while_the_server_is_away_marks_do_not_wake_anybody_but_wake_does() -> None:
    asked = threading.Event()

    class Patient(Backoff):
        def next(self) -> float:
            asked.set()
            return 3600

    port = free_port()
    with running(port, Shelf(), backoff=Patient()) as mailbox:
        assert asked.wait(20)
        assert "Connection refused" in (mailbox.state.trouble or "")
        asked.clear()
        for uid in range(1, 20):
            mailbox.mark([key(uid)])
        until(lambda: mailbox.state.wakes >= 1, "the bell")
        assert not asked.is_set()
        mailbox.wake()
        assert asked.wait(20)


def test_a_literal_cut_short_is_fetched_again_alone_and_then_whole() -> None:
    shelf = Shelf()
    with scripted_imap(MAILS, ("BODY", "cut")) as server, running(server.port, shelf):
        shelf.wait_for(3)
        assert {mail.key.uid: mail.raw for mail in shelf.mails} == MAILS
        assert [c.split(" ")[2] for c in server.commands if "BODY" in c] == ["3,4,9", "3", "4", "9"]


def test_a_two_gigabyte_literal_is_refused_when_announced_and_its_mail_handed_over_without_content() -> None:
    shelf = Shelf()
    tracemalloc.start()
    with scripted_imap({3: b"x" * 100, 4: b"y"}) as server:
        server.faults = [("BODY", "huge")] * 4
        with running(server.port, shelf):
            shelf.wait_for(2)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(mail.key.uid, mail.raw) for mail in shelf.mails] == [(3, None), (4, b"y")]
    assert peak < 30_000_000


def test_a_mail_over_the_size_cap_is_handed_over_without_being_asked_for() -> None:
    shelf = Shelf()
    with scripted_imap({3: b"x" * 1000, 4: b"y"}) as server, running(server.port, shelf, size_cap=500):
        shelf.wait_for(2)
        assert [(mail.raw, mail.size) for mail in shelf.mails] == [(None, 1000), (b"y", 1)]
        assert [c.split(" ")[2] for c in server.commands if "BODY" in c] == ["4"]


def test_a_mail_deleted_while_it_is_fetched_is_left_out() -> None:
    shelf = Shelf()
    with scripted_imap(MAILS, ("BODY", "gone")) as server, running(server.port, shelf) as mailbox:
        shelf.wait_for(2)
        until(lambda: server.count("IDLE") == 1, "idle")
        assert shelf.uids == [4, 9]
        assert mailbox.state.connects == 1


def test_a_mail_that_the_server_cannot_read_itself_is_handed_over_without_content() -> None:
    shelf = Shelf()
    with scripted_imap({3: b"x"}, ("BODY", "nil")) as server, running(server.port, shelf):
        assert shelf.wait_for(1)[0].raw is None


def test_many_large_mails_are_fetched_a_few_at_a_time() -> None:
    shelf = Shelf()
    with scripted_imap(dict.fromkeys(range(1, 8), b"x" * 300)) as server:
        with running(server.port, shelf, batch_bytes=1000):
            shelf.wait_for(7)
        assert [c.split(" ")[2] for c in server.commands if "BODY" in c] == ["1,2,3", "4,5,6", "7"]


def test_a_mailbox_numbered_anew_is_read_from_the_beginning_and_the_intake_is_told() -> None:
    shelf = Shelf(position=(6, 9))
    with scripted_imap(MAILS) as server, running(server.port, shelf):
        shelf.wait_for(3)
        assert shelf.moves == [(7, 0)]


def test_after_a_restart_only_what_is_new_is_taken() -> None:
    shelf = Shelf(position=(7, 4))
    with scripted_imap(MAILS) as server, running(server.port, shelf):
        shelf.wait_for(1)
        until(lambda: server.count("IDLE") == 1, "idle")
        assert shelf.uids == [9]
        assert shelf.moves == []


def test_while_the_disk_is_full_no_mail_is_taken_it_is_said_so_and_later_it_goes_on() -> None:
    shelf = Shelf()
    shelf.troubles = [DISK_FULL] * 3
    seen = []
    with scripted_imap(MAILS) as server, running(server.port, shelf) as mailbox:
        until(lambda: seen.append(mailbox.state) or mailbox.state.holding, "holding")  # type: ignore[func-returns-value]
        shelf.wait_for(3)
        until(lambda: not mailbox.state.holding, "going on")
        assert shelf.uids == [3, 4, 9]
        assert mailbox.state.trouble is None
    assert str(DISK_FULL) in [state.trouble for state in seen if state.holding]


def test_a_fault_of_the_intake_itself_does_not_end_the_mailbox() -> None:
    shelf = Shelf()
    shelf.troubles = [KeyError("anna@mail.example")]
    with scripted_imap(MAILS) as server, running(server.port, shelf) as mailbox:
        shelf.wait_for(3)
        assert "anna" not in str(mailbox.state)


def test_our_mails_get_the_keyword_in_one_command_and_are_moved_others_are_left_alone() -> None:
    shelf = Shelf()
    with scripted_imap(MAILS) as server, running(server.port, shelf, move_to="Ours") as mailbox:
        shelf.wait_for(3)
        mailbox.mark([key(9), key(3), key(4, uidvalidity=6), key(4, mailbox="Other")])
        until(lambda: server.count("UID MOVE"), "moved")
        changes = [command for command in server.commands if "STORE" in command or "MOVE" in command]
        assert changes == ["UID STORE 3,9 +FLAGS.SILENT ($RightsDesk)", 'UID MOVE 3,9 "Ours"']
        assert list(server.mails) == [4]


def test_a_mark_made_while_the_connection_breaks_is_set_on_the_next_one() -> None:
    shelf = Shelf()
    with scripted_imap(MAILS, ("STORE", "eof")) as server, running(server.port, shelf) as mailbox:
        shelf.wait_for(3)
        mailbox.mark([key(3)])
        until(lambda: mailbox.state.marked == 1, "marked")
        assert server.count("UID STORE 3") == 2


@pytest.mark.parametrize("command", ["STORE", "MOVE"])
def test_a_server_that_refuses_to_mark_is_asked_once_and_mail_still_comes(command: str) -> None:
    shelf = Shelf()
    with scripted_imap(MAILS) as server, running(server.port, shelf, move_to="Ours") as mailbox:
        server.always = {command: "no"}
        shelf.wait_for(3)
        mailbox.mark([key(3)])
        until(lambda: "not today" in (mailbox.state.trouble or ""), "said so")
        mailbox.mark([key(4)])
        server.arrive(12, b"new")
        shelf.wait_for(4)
        assert server.count(f"UID {command}") == 1
        assert server.connections == 1


def test_a_server_without_keywords_or_move_is_never_asked_for_them() -> None:
    shelf = Shelf()
    with scripted_imap(MAILS, greeting=b"* OK [CAPABILITY IMAP4rev1 IDLE] x") as server:
        server.permanent = rb"\Seen \Deleted"
        with running(server.port, shelf, move_to="Ours") as mailbox:
            shelf.wait_for(3)
            mailbox.mark([key(3)])
            mailbox.wake()
            until(lambda: server.count("IDLE") >= 2, "idle again")
            assert "no MOVE" in (mailbox.state.trouble or "")
        assert server.count("UID STORE") == server.count("UID MOVE") == 0


@pytest.mark.parametrize("command", ["IDLE", "BODY", "SEARCH", "SELECT"])
def test_stop_does_not_wait_for_a_server_that_hangs(command: str) -> None:
    with scripted_imap(MAILS, (command, "hang")) as server, running(server.port, Shelf()) as mailbox:
        until(lambda: any(command in line for line in server.commands), f"{command} to hang in")
        mailbox.stop()
        assert not mailbox._thread.is_alive()


def test_a_password_never_travels_where_encryption_was_stripped() -> None:
    with scripted_imap(MAILS) as server:
        with pytest.raises(Unreachable, match="STARTTLS"):
            Connection(plain(server.port, security="starttls"))
        with pytest.raises(Unreachable, match="TLS"):
            Connection(plain(server.port, security="tls", connect_timeout=0.5))
        assert server.count("LOGIN") == server.count("AUTH") == 0


def test_a_server_that_claims_we_are_logged_in_before_starttls_is_not_believed() -> None:
    greeting = b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE STARTTLS] welcome"
    with scripted_imap(MAILS, greeting=greeting) as server:
        with pytest.raises(Unreachable):
            Connection(plain(server.port, security="starttls"))
        assert server.count("LOGIN") == 0


def test_a_server_that_takes_no_password_on_an_open_line_is_not_given_one() -> None:
    with scripted_imap(MAILS, greeting=GREETING.replace(b"MOVE", b"LOGINDISABLED")) as server:
        with pytest.raises(Refused, match="open line"):
            Connection(plain(server.port))
        assert server.count("LOGIN") == 0


@pytest.mark.parametrize(
    "changes", [{"mailbox": "IN\r\nBOX"}, {"move_to": "a\0b"}, {"keyword": "a b"}, {"user": "a\nb"}]
)
def test_no_setting_can_smuggle_a_command(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"character|keyword"):
        plain(1, **changes)


@pytest.mark.parametrize("uid", [0, -1, 2**32, True, "1,2", 1.0])
def test_nothing_but_a_uid_stands_in_a_command(uid: Any) -> None:
    with scripted_imap(MAILS) as server:
        connection = Connection(plain(server.port))
        sent = len(server.commands)
        acts: list[Callable[[], object]] = [
            lambda: connection.uids(uid),
            lambda: connection.envelopes([uid]),
            lambda: connection.bodies([uid], 1),
            lambda: connection.flag([uid], "$RightsDesk"),
            lambda: connection.move([uid], "Ours"),
        ]
        for act in acts:
            with pytest.raises(ValueError, match="UID"):
                act()
        assert len(server.commands) == sent
        connection.close()


def test_an_old_mailbox_is_read_without_being_touched() -> None:
    with scripted_imap(MAILS) as server:
        batches = list(backfill(plain(server.port, batch=2), date(2026, 1, 1)))
        assert [[mail.key.uid for mail in batch] for batch in batches] == [[3, 4], [9]]
        assert server.count("EXAMINE") == 1
        assert any("SINCE 01-Jan-2026" in command for command in server.commands)
        assert server.count("SELECT") == server.count("UID STORE") == 0


def test_an_old_mailbox_with_a_mail_that_breaks_the_connection_is_read_to_its_end() -> None:
    with scripted_imap(MAILS) as server:
        server.faults = [("BODY", "cut")] * 2 + [("BODY", "huge")] * 2
        mails = [mail for batch in backfill(plain(server.port), date(2026, 1, 1)) for mail in batch]
    assert [(mail.key.uid, mail.raw) for mail in mails] == [(3, None), (4, MAILS[4]), (9, MAILS[9])]


def test_a_mailbox_that_may_only_be_read_is_told_from_a_lost_connection() -> None:
    with scripted_imap(MAILS, ("SELECT", "readonly")) as server:
        assert "may only be read" in probe_imap(plain(server.port))[0]


def test_a_very_large_mailbox_is_looked_through_in_windows() -> None:
    shelf = Shelf()
    with scripted_imap({1: b"a", 60_000: b"b", 250_000: b"c"}) as server, running(server.port, shelf):
        shelf.wait_for(3)
        searches = [command for command in server.commands if "SEARCH" in command]
        assert searches[0] == "UID SEARCH UID 1:50000"
        assert shelf.uids == [1, 60_000, 250_000]


def test_check_says_what_is_wrong_and_how_to_put_it_right() -> None:
    assert "Nothing listens there" in probe_imap(plain(free_port()))[0]
    assert "check the host" in probe_imap(ImapSettings("no-such-host.invalid", 1, "u", "p", "none"))[0]
    with scripted_imap(MAILS, ("LOGIN", "no"), ("SELECT", "no")) as server:
        assert "Check the user" in probe_imap(plain(server.port))[0]
        assert "INBOX" in probe_imap(plain(server.port))[0]
        assert probe_imap(plain(server.port)) == []
        assert "security tls" in probe_imap(plain(server.port, security="starttls"))[0]
    with scripted_imap(MAILS, greeting=b"* OK [CAPABILITY IMAP4rev1] x") as server:
        server.permanent = rb"\Seen"
        words = " ".join(probe_imap(plain(server.port, move_to="Ours")))
        assert all(word in words for word in ("no IDLE", "keeps no keyword", "no MOVE", "create it"))
        assert server.count("UID") == 0
