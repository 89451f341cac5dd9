"""The letters' way out: what is known to be sent, what is known not to be, and the one moment where nobody can know."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.mail.probe import probe_smtp
from bot.mail.settings import SmtpSettings
from bot.mail.smtp import Outbound, TryLater, on_the_wire
from bot.ports import InDoubt, LettersOut, Refused, Sent, Unreachable
from tests.bot.mail.scripted_smtp import scripted_smtp
from tests.servers import free_port
from tests.servers.certificates import self_signed

LETTER = b"Subject: x\r\n\r\nhello\r\n"


def settings(port: int, **changes: Any) -> SmtpSettings:
    plain: dict[str, Any] = {"security": "none", "command_timeout": 10, "body_timeout": 10, "connect_timeout": 10}
    return SmtpSettings("127.0.0.1", port, "bounces@opterre.example", **{**plain, **changes})


@asynccontextmanager
async def outbound(port: int, **changes: Any) -> AsyncIterator[Outbound]:
    door = Outbound(settings(port, **changes))
    try:
        yield door
    finally:
        await door.close()


class Row:
    """An outbox row: counts how often it was marked in doubt."""

    def __init__(self) -> None:
        self.marks = 0

    async def in_doubt(self) -> None:
        self.marks += 1


async def send(door: LettersOut, row: Row | None = None, letter: bytes = LETTER, to: str = "anna@mail.example") -> Sent:
    return await door.send(letter, recipient=to, before_body=(row or Row()).in_doubt)


async def test_a_letter_goes_out_once_and_the_servers_words_come_back() -> None:
    row = Row()
    async with scripted_smtp() as server, outbound(server.port) as door:
        assert (await send(door, row)).reply == "250 queued as 1"
        assert row.marks == 1
        assert server.taken == [("MAIL FROM:<bounces@opterre.example> SIZE=21", "RCPT TO:<anna@mail.example>", LETTER)]


IMPATIENT = {"command_timeout": 0.4, "body_timeout": 0.4, "connect_timeout": 0.4}
BEFORE_THE_BODY = ["greet", "EHLO", "MAIL", "RCPT", "DATA"]


@pytest.mark.parametrize("fault", ["close", "hang", "garbage"])
@pytest.mark.parametrize("moment", BEFORE_THE_BODY)
async def test_a_connection_lost_before_the_body_means_not_sent(moment: str, fault: str) -> None:
    row = Row()
    async with scripted_smtp({moment: fault}) as server, outbound(server.port, **IMPATIENT) as door:
        with pytest.raises(Unreachable):
            await send(door, row)
        assert (row.marks, server.taken) == (0, [])
        await send(door, row)
        assert (row.marks, len(server.taken)) == (1, 1)


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA", "dot"])
async def test_a_4xx_means_later_and_the_next_letter_still_goes(moment: str) -> None:
    async with scripted_smtp({moment: "451 4.3.0 greylisted"}) as server, outbound(server.port) as door:
        with pytest.raises(TryLater) as caught:
            await send(door)
        assert (caught.value.code, caught.value.text) == (451, "4.3.0 greylisted")
        assert server.taken == []
        await send(door)
        assert len(server.taken) == 1


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA", "dot"])
async def test_a_5xx_means_never_with_the_servers_reason(moment: str) -> None:
    async with scripted_smtp({moment: "550 5.1.1 no such user"}) as server, outbound(server.port) as door:
        with pytest.raises(Refused) as caught:
            await send(door)
        assert (caught.value.code, caught.value.text) == (550, "5.1.1 no such user")
        assert server.taken == []
        await send(door)
        assert len(server.taken) == 1


@pytest.mark.parametrize(("moment", "taken"), [("body", 0), ("dot", 1)])
@pytest.mark.parametrize("fault", ["close", "hang", "garbage", "299 what"])
async def test_a_connection_lost_after_the_body_began_leaves_doubt_and_is_never_retried_here(
    moment: str, taken: int, fault: str
) -> None:
    row = Row()
    async with scripted_smtp({moment: fault}) as server, outbound(server.port, **IMPATIENT) as door:
        with pytest.raises(InDoubt):
            await send(door, row)
        assert (row.marks, len(server.taken)) == (1, taken)


@pytest.mark.parametrize("moment", ["greet", "EHLO"])
async def test_a_server_that_refuses_us_says_nothing_about_the_letter(moment: str) -> None:
    async with scripted_smtp({moment: "554 go away"}) as server, outbound(server.port) as door:
        with pytest.raises(Unreachable, match="554 go away"):
            await send(door)


async def test_a_refused_password_is_our_trouble_and_not_the_letters() -> None:
    async with scripted_smtp({"AUTH": "535 bad"}, extensions=("AUTH PLAIN",)) as server:
        door = Outbound(settings(server.port, user="bot", password="wrong"))
        with pytest.raises(Unreachable, match="password: 535 bad"):
            await send(door)


async def test_a_slow_answer_to_the_dot_is_waited_for_far_longer_than_any_other() -> None:
    async with scripted_smtp({"dot": "slow"}) as server, outbound(server.port, command_timeout=0.3) as door:
        sending = asyncio.create_task(send(door))
        while not server.taken:
            await asyncio.sleep(0)
        await asyncio.wait([sending], timeout=0.5)
        assert not sending.done()
        server.released.set()
        assert (await sending).reply == "250 queued as 1"
    assert SmtpSettings("mx.example", 25, "").body_timeout == 600


async def test_if_the_row_cannot_be_marked_no_body_goes_out() -> None:
    async def gone() -> None:
        raise RuntimeError("the database is gone")

    async with scripted_smtp() as server, outbound(server.port) as door:
        with pytest.raises(RuntimeError):
            await door.send(LETTER, recipient="anna@mail.example", before_body=gone)
        await send(door)
        assert (len(server.taken), server.connections) == (1, 2)


async def test_connections_are_kept_and_a_stale_one_is_replaced_unseen() -> None:
    async with scripted_smtp() as server, outbound(server.port, connections=1, command_timeout=0.4) as door:
        for _ in range(5):
            await send(door)
        assert server.connections == 1
        for gone in ("close", "hang", "421 idle too long"):
            server.faults["MAIL"] = gone
            row = Row()
            await send(door, row)
            assert row.marks == 1
        assert (len(server.taken), server.connections) == (8, 4)


async def test_a_connection_that_served_only_a_refusal_may_be_stale_too() -> None:
    async with scripted_smtp({"RCPT": "550 no"}) as server, outbound(server.port, connections=1) as door:
        with pytest.raises(Refused):
            await send(door)
        server.faults["MAIL"] = "close"
        await send(door)
        assert (len(server.taken), server.connections) == (1, 2)


async def test_many_letters_at_once_use_no_more_connections_than_allowed() -> None:
    async with scripted_smtp() as server, outbound(server.port, connections=3) as door:
        await asyncio.gather(*(send(door) for _ in range(60)))
        assert len(server.taken) == 60
        assert server.connections == 3


async def test_a_connection_is_given_up_after_so_many_letters_and_when_kept_too_long() -> None:
    async with scripted_smtp() as server:
        async with outbound(server.port, letters_per_connection=2) as door:
            for _ in range(4):
                await send(door)
        assert server.connections == 2
        async with outbound(server.port, idle_seconds=-1) as door:
            await send(door)
            await send(door)
        assert server.connections == 4


async def test_cancelling_a_letter_never_lets_its_connection_answer_for_the_next() -> None:
    async with scripted_smtp({"RCPT": "slow"}) as server, outbound(server.port, command_timeout=30) as door:
        sending = asyncio.create_task(send(door))
        while "RCPT" not in server.verbs:
            await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await send(door)
        assert server.connections == 2


async def test_nothing_is_sent_where_encryption_was_stripped() -> None:
    async with scripted_smtp() as server, outbound(server.port, security="starttls") as door:
        with pytest.raises(Unreachable, match="STARTTLS"):
            await send(door)
        assert "MAIL" not in server.verbs


async def test_an_unknown_certificate_is_refused_and_a_trusted_one_is_not(tmp_path: Path) -> None:
    cert, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    async with scripted_smtp(tls=context) as server:
        async with outbound(server.port, security="tls", connect_timeout=5) as door:
            with pytest.raises(Unreachable, match=r"CERTIFICATE_VERIFY_FAILED|certificate"):
                await send(door)
        async with outbound(server.port, security="tls", connect_timeout=5, ca_file=str(cert)) as door:
            await send(door)
        assert len(server.taken) == 1


async def test_a_letter_larger_than_the_server_takes_is_not_even_begun() -> None:
    async with scripted_smtp(extensions=("SIZE 1000",)) as server, outbound(server.port) as door:
        with pytest.raises(Refused, match="552"):
            await send(door, letter=b"x" * 2000)
        assert "MAIL" not in server.verbs


@pytest.mark.parametrize(
    "to", ["a@b.example> SIZE=1", "a@b.example\r\nRCPT TO:<e@v.example>", "Anna <a@b.example>", ""]
)
async def test_a_recipient_that_is_no_bare_address_never_reaches_the_server(to: str) -> None:
    async with scripted_smtp() as server, outbound(server.port) as door:
        with pytest.raises(Refused, match="not an address"):
            await send(door, to=to)
        assert server.connections == 0


async def test_the_null_sender_can_be_used_for_one_letter() -> None:
    async with scripted_smtp() as server, outbound(server.port) as door:
        await door.send(LETTER, recipient="anna@mail.example", before_body=Row().in_doubt, sender="")
        assert server.taken[0][0] == "MAIL FROM:<> SIZE=21"


def test_on_the_wire_every_line_end_is_crlf_and_every_leading_dot_doubled() -> None:
    assert on_the_wire(b".a\n.b\r.\r\n..") == b"..a\r\n..b\r\n..\r\n...\r\n.\r\n"
    assert on_the_wire(b"") == b"\r\n.\r\n"
    assert on_the_wire(b"a\r\n") == b"a\r\n.\r\n"


async def test_check_says_what_is_wrong_and_how_to_put_it_right() -> None:
    assert "Nothing listens there" in (await probe_smtp(settings(free_port())))[0]
    unknown = SmtpSettings("no-such-host.invalid", 25, "a@b.example", security="none")
    assert "check the host" in (await probe_smtp(unknown))[0]
    assert "plain mail address" in (await probe_smtp(SmtpSettings("127.0.0.1", 25, "Bot <a@b.example>")))[0]
    async with scripted_smtp() as server:
        assert await probe_smtp(settings(server.port)) == []
        assert "security tls" in (await probe_smtp(settings(server.port, security="starttls")))[0]
        assert "another port" in (await probe_smtp(settings(server.port, security="tls")))[0]
        assert server.verbs.count("MAIL") == 0


def test_a_password_is_never_in_the_settings_text() -> None:
    assert "hunter2" not in repr(settings(25, user="bot", password="hunter2"))
