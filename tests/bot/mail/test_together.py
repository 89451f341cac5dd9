"""A server with PIPELINING gets MAIL, RCPT and DATA as one, and each of its replies belongs to its own command."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.mail.dialogue import Dialogue, Lost
from bot.mail.smtp import TryLater
from bot.ports import InDoubt, Refused, Unreachable
from tests.bot.mail.scripted_smtp import scripted_smtp
from tests.bot.mail.test_smtp import IMPATIENT, Row, outbound, send

TOGETHER = ("SIZE 1000000", "PIPELINING")


@asynccontextmanager
async def says(*pieces: bytes, after: bytes) -> AsyncIterator[Dialogue]:
    """A server that hears everything up to `after` before it says the pieces, each in a segment of its own."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(after)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    transport, _ = await asyncio.get_running_loop().create_connection(
        asyncio.Protocol, "127.0.0.1", server.sockets[0].getsockname()[1]
    )
    dialogue = Dialogue(transport)
    try:
        yield dialogue
    finally:
        dialogue.close()
        server.close()


@pytest.mark.parametrize(
    "pieces",
    [
        [b"250 one\r\n250-two\r\n250 lines\r\n354 go\r\n"],
        [b"250 on", b"e\r\n25", b"0-two\r\n", b"250 lines\r", b"\n354 go\r\n"],
        [bytes([byte]) for byte in b"250 one\r\n250-two\r\n250 lines\r\n354 go\r\n"],
    ],
)
async def test_replies_belong_to_their_commands_however_they_are_cut(pieces: Sequence[bytes]) -> None:
    async with says(*pieces, after=b"DATA\r\n") as dialogue:
        replies = await dialogue.ask(b"MAIL\r\n", b"RCPT\r\n", b"DATA\r\n", seconds=10)
    assert replies == [(250, "one"), (250, "two\nlines"), (354, "go")]


@pytest.mark.parametrize(
    "said", [b"", b"250 one\r\n", b"250 one\r\nhello there\r\n", b"2", b"250-" + b"x" * 40_000, b"250-x\r\n" * 9_000]
)
async def test_a_group_that_is_not_answered_whole_is_lost(said: bytes) -> None:
    async with says(said, after=b"RCPT\r\n") as dialogue:
        with pytest.raises(Lost):
            await dialogue.ask(b"MAIL\r\n", b"RCPT\r\n", seconds=10)
        assert dialogue.lost
        with pytest.raises(Lost):
            await dialogue.ask(b"NOOP\r\n", seconds=10)


async def test_letters_go_out_over_one_connection() -> None:
    async with scripted_smtp(extensions=TOGETHER) as server, outbound(server.port, connections=1) as door:
        for _ in range(3):
            await send(door)
        assert (len(server.taken), server.connections) == (3, 1)
        assert server.verbs == ["EHLO", *["MAIL", "RCPT", "DATA"] * 3]


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "meaning"), [("451 4.3.0 later", TryLater), ("550 5.1.1 never", Refused)])
async def test_a_no_to_one_of_them_is_the_servers_answer_and_no_body_goes_out(
    moment: str, answer: str, meaning: type[Exception]
) -> None:
    """This server goes on as if nothing were, up to asking for the body: it gets none."""
    row = Row()
    async with scripted_smtp({moment: answer}, extensions=TOGETHER) as server, outbound(server.port) as door:
        with pytest.raises(meaning, match=answer[4:]):
            await send(door, row)
        assert (row.marks, server.taken) == (0, [])
        await send(door, row)
        assert (row.marks, len(server.taken)) == (1, 1)


@pytest.mark.parametrize("fault", ["close", "hang", "garbage"])
@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA"])
async def test_a_connection_lost_among_them_means_not_sent(moment: str, fault: str) -> None:
    row = Row()
    async with (
        scripted_smtp({moment: fault}, extensions=TOGETHER) as server,
        outbound(server.port, **IMPATIENT) as door,
    ):
        with pytest.raises(Unreachable):
            await send(door, row)
        assert (row.marks, server.taken) == (0, [])


async def test_a_lost_answer_to_the_body_is_in_doubt_as_ever() -> None:
    async with scripted_smtp({"dot": "close"}, extensions=TOGETHER) as server, outbound(server.port) as door:
        with pytest.raises(InDoubt):
            await send(door)
        assert len(server.taken) == 1
