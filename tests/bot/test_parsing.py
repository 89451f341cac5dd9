"""The pool of readers: one result for each mail, whatever it does to its reader."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.mail.parser_child import letter_from_json, letter_to_json
from bot.mail.parsing import ChildKilled, ParserPool
from intents.letter import Letter
from intents.message import Unreadable, read_message
from tests.intents.mails import mail, with_parts


def children(pid: int | None = None) -> list[int]:
    """Living processes that we (or `pid`) started."""
    pid = pid or os.getpid()
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def readers() -> set[int]:
    """The children that read, whose parents we started."""
    return {reader for nursery in children() for reader in children(nursery)}


async def test_a_letter_comes_out_of_the_child_as_it_would_be_read_here() -> None:
    raw = with_parts(
        "mixed",
        "\nLösche mich",
        "Content-Type: image/png\n\nx",
        head="Date: Tue, 3 Nov 2026 10:12:00 +0100\nMessage-ID: <1@home.example>",
    )
    async with ParserPool() as pool:
        assert await pool.read(raw) == read_message(raw)


def test_every_field_survives_the_wire() -> None:
    raw = with_parts(
        "report",
        "\nNo.",
        "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed",
        head="Subject: x\nReferences: <a@b> <c@d>",
    )
    letter = read_message(raw)
    assert letter_from_json(letter_to_json(letter)) == letter


async def test_the_name_of_our_server_reaches_the_child() -> None:
    raw = mail(
        head=(
            "Authentication-Results: mx.opterre.example; dmarc=pass header.from=home.example\n"
            "Received: from a by mx.opterre.example"
        )
    )
    async with ParserPool(authserv_id="mx.opterre.example") as pool:
        assert (await pool.read(raw)).sender.auth == "pass"


async def test_many_mails_keep_their_order_and_bad_ones_their_place() -> None:
    raws = [mail(f"letter {n}") for n in range(150)]
    raws[70] = mail(head=f"Subject: {'y' * 40_000}")
    raws[71] = b"x" * (26 * 1024 * 1024)
    async with ParserPool() as pool:
        results = await pool.read_many(raws)
    for n, result in enumerate(results):
        if n in (70, 71):
            assert isinstance(result, Unreadable)
            assert not isinstance(result, ChildKilled)
        else:
            assert isinstance(result, Letter)
            assert result.body == f"letter {n}"


async def test_nothing_is_started_before_the_first_mail_and_nothing_stays() -> None:
    before = children()
    pool = ParserPool()
    assert children() == before
    await pool.read(mail())
    [nursery] = set(children()) - set(before)
    assert len(children(nursery)) == 1
    await pool.close()
    assert children() == before


async def test_a_mail_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    slow = with_parts("mixed", *["Content-Type: text/html\n\n" + "<p>x" * 20_000] * 100)
    async with ParserPool(children=1, wall_seconds=0.5) as pool:
        results = await pool.read_many([mail("first"), slow, mail("last")])
    assert isinstance(results[1], ChildKilled)
    assert "longer than 0.5 seconds" in results[1].reason
    assert [result.body for result in results if isinstance(result, Letter)] == ["first", "last"]


async def test_a_mail_that_takes_too_much_memory_is_given_up_and_the_next_is_read() -> None:
    big = mail("a\n" * 8_000_000)
    async with ParserPool(children=1, memory=64 * 1024 * 1024) as pool:
        with pytest.raises(ChildKilled):
            await pool.read(big)
        assert (await pool.read(mail("small"))).body == "small"


async def test_a_child_that_crashes_costs_no_mail() -> None:
    before = readers()
    async with ParserPool(children=1) as pool:
        await pool.read(mail())
        [child] = readers() - before
        os.kill(child, signal.SIGKILL)
        results = [await pool.read_many([mail("one"), mail("two")]) for _ in range(2)]
    assert sum(isinstance(result, ChildKilled) for result in results[0]) <= 1
    assert all(isinstance(result, Letter) for result in results[1])


async def test_a_killed_child_is_no_zombie_and_its_parent_may_die_too() -> None:
    before = set(children())
    async with ParserPool(children=1, wall_seconds=0.5) as pool:
        assert isinstance(await pool.read(mail()), Letter)
        [nursery] = set(children()) - before
        os.kill(children(nursery)[0], signal.SIGSTOP)
        with pytest.raises(ChildKilled):
            await pool.read(mail())
        assert (await pool.read(mail("after"))).body == "after"
        assert len(children(nursery)) == 1
        os.kill(nursery, signal.SIGKILL)
        while nursery in children():
            await asyncio.sleep(0.01)
        assert (await pool.read(mail("the child lives on"))).body == "the child lives on"
        pool._idle[0].kill()
        pool._idle.clear()
        assert (await pool.read(mail("of another nursery"))).body == "of another nursery"
    assert set(children()) == before


async def test_a_cancelled_read_leaves_no_child_with_half_an_answer() -> None:
    async with ParserPool(children=1) as pool:
        await pool.read(mail())
        for _ in range(5):
            task = asyncio.create_task(pool.read_many([mail("x" * 1_000)] * 50))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await pool.read(mail("after"))).body == "after"


async def test_a_closed_pool_reads_no_more() -> None:
    pool = ParserPool()
    await pool.close()
    with pytest.raises(ChildKilled):
        await pool.read(mail())


async def test_the_child_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTSDESK_SECRET", "canary-4711")
    before = readers()
    async with ParserPool(children=1) as pool:
        await pool.read(mail())
        [child] = readers() - before
        assert b"canary-4711" not in Path(f"/proc/{child}/environ").read_bytes()
