"""Our letters at a real sink and through a real Postfix: one letter stays one letter, whatever its body holds."""

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes, policy
from itertools import count

import pytest

from bot.mail.compose import compose
from bot.mail.settings import SmtpSettings
from bot.mail.smtp import Outbound, TryLater
from bot.ports import InDoubt, Refused, Sent, Unreachable
from tests.bot.mail.shelf import Shelf, running
from tests.servers import until
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Sink, run_sink

NUMBER = count(1)
SMUGGLED = [
    *("\n.\n", "\r.\r", "\r\n.\r\n", "\n.\r\n", "\r.\n", ".", "..\r\n.", "\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n"),
    "x\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<anna@mail.example>\r\nDATA\r\nSubject: evil\r\n\r\n.\r\n",
]


def letter(text: str = "Dear Anna,\n", subject: str = "Re: my data") -> bytes:
    return compose(
        message_id=f"<{next(NUMBER)}@opterre.example>",
        from_name="Opterre Privacy",
        from_addr="privacy@opterre.example",
        to="anna@opterre.example",
        subject=subject,
        text=text,
        date=datetime(2026, 11, 25, 12, 0, tzinfo=UTC),
        language="en",
    )


async def nothing() -> None:
    pass


async def send(port: int, *letters: bytes) -> list[Sent]:
    door = Outbound(SmtpSettings("127.0.0.1", port, "bounces@opterre.example", security="none"))
    try:
        return await asyncio.gather(
            *(door.send(one, recipient="anna@opterre.example", before_body=nothing) for one in letters)
        )
    finally:
        await door.close()


async def test_a_hundred_letters_are_a_hundred_letters_at_the_sink(sink: Sink) -> None:
    sent = await send(sink.port, *(letter(f"letter {number}") for number in range(100)))
    assert len(sent) == 100
    assert len({message_from_bytes(mail)["Message-ID"] for mail in sink.mails()}) == len(sink.mails()) == 100


async def test_no_body_can_end_the_letter_early_and_begin_another(sink: Sink) -> None:
    raw = [b"Subject: raw\r\n\r\n" + body.encode() for body in SMUGGLED]
    await send(sink.port, *raw, *(letter(body) for body in SMUGGLED))
    mails = sink.mails()
    assert len(mails) == 2 * len(SMUGGLED)
    assert not any(b"\nSubject: evil" in mail.partition(b"\n\n")[0] for mail in mails)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["-q", "MAIL"], Unreachable),
        (["-q", "DATA"], Unreachable),
        (["-r", "RCPT"], TryLater),
        (["-f", "RCPT"], Refused),
        (["-r", "."], TryLater),
        (["-f", "."], Refused),
        (["-q", "."], InDoubt),
    ],
)
async def test_the_sinks_own_faults_are_told_apart(options: list[str], error: type[Exception]) -> None:
    with run_sink(*options) as sink:
        with pytest.raises(error) as caught:
            await send(sink.port, letter())
        assert type(caught.value) is error


async def test_through_postfix_and_dovecot_a_letter_arrives_as_it_was_composed(postfix: int, dovecot: Dovecot) -> None:
    shelf = Shelf()
    sent = [letter(f"{body}\n", subject="Löschung – Ihre Anfrage") for body in SMUGGLED]
    assert len(await send(postfix, *sent)) == len(sent)
    with running(dovecot.imap, shelf, user="anna"):
        await asyncio.to_thread(shelf.wait_for, len(sent))
        until(lambda: len(shelf.mails) == len(sent), "no more than were sent")
    arrived = [message_from_bytes(mail.raw or b"", policy=policy.default) for mail in shelf.mails]
    composed = {one["Message-ID"]: one for one in (message_from_bytes(raw, policy=policy.default) for raw in sent)}
    for mail in arrived:
        original = composed.pop(mail["Message-ID"])
        assert mail["Subject"] == "Löschung – Ihre Anfrage"
        assert mail["Return-Path"] == "<bounces@opterre.example>"
        for kind in ("plain", "html"):
            got, meant = mail.get_body((kind,)), original.get_body((kind,))
            assert got is not None
            assert meant is not None
            assert got.get_content() == meant.get_content()


async def test_postfix_says_how_large_a_letter_may_be_and_we_listen(postfix: int) -> None:
    with pytest.raises(Refused, match="takes 200000"):
        await send(postfix, letter("x" * 300_000))
