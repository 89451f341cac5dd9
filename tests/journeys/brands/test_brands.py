"""Two brands in one process and in two, and one brand with two mailboxes, over real IMAP and SMTP."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.app import App
from bot.demo.servers.mail import MailTown
from responders.case import events as e
from responders.case.ticket import Status, Ticket
from storage.models import InboxRow
from storage.tickets import UnknownTicket
from tests.journeys.brands.people import (
    ANNA,
    DELETE,
    NORTH,
    PRIVACY,
    SOUTH,
    brand,
    brands_of,
    code_in,
    letters,
    running,
    text_of,
    until,
    until_so,
)
from tests.journeys.impostor.town import Letter, mail
from tests.servers.postgres import Postgres
from tests.storage.places import fresh_postgres, postgres

__all__ = ["postgres"]


@pytest.fixture
async def town() -> AsyncIterator[MailTown]:
    async with MailTown({NORTH: "post", SOUTH: "post", PRIVACY: "post", ANNA: "anna"}) as opened:
        yield opened


def answer_to(letter: EmailMessage, text: str) -> bytes:
    return mail(ANNA, f"Re: {letter['Subject']}", text, reply_to_letter=Letter(ANNA, letter.as_bytes()))


async def test_who_writes_to_both_brands_has_a_case_with_each_and_no_code_counts_in_the_other(
    town: MailTown, tmp_path: Path
) -> None:
    async with running(brand(tmp_path, town, "north"), brand(tmp_path, town, "south")) as process:
        north, south = process.apps
        await town.deliver(mail(ANNA, "Request", DELETE), NORTH, ANNA)
        await town.deliver(mail(ANNA, "Request", DELETE), SOUTH, ANNA)
        await until(lambda: len(letters(town, ANNA)) == 2)
        assert sorted((await brands_of(north)).values()) == ["north", "south"]
        [from_north], [from_south] = letters(town, ANNA, NORTH), letters(town, ANNA, SOUTH)
        assert str(from_north["Message-ID"]).endswith("@north.example>")
        assert "North Ltd" in text_of(from_north)
        assert "South" not in text_of(from_north)
        assert "South Ltd" in text_of(from_south)

        async def case(app: App) -> Ticket:
            [ticket] = (await app.desk.open_of([ANNA]))[ANNA]
            return ticket

        ours, theirs = await case(north), await case(south)
        await town.deliver(answer_to(from_north, code_in(from_north)), SOUTH, ANNA)
        await town.deliver(answer_to(from_south, code_in(from_north)), SOUTH, ANNA)

        async def both_settled() -> bool:
            rows = await south.store.database.read(lambda: InboxRow.filter(brand="south", state="new").count())
            known = await south.store.database.read(lambda: InboxRow.filter(brand="south").count())
            return rows == 0 and known == 3

        await until_so(both_settled)
        assert (await case(north)).status is (await case(south)).status is Status.IDENTIFYING
        with pytest.raises(UnknownTicket):
            await south.desk.happen(ours.number, e.StaffApproved("Olga"))
        await town.deliver(answer_to(from_north, code_in(from_north)), NORTH, ANNA)

        async def confirmed() -> bool:
            return (await case(north)).status is Status.DECIDING

        await until_so(confirmed)
        assert (await south.desk.ticket(theirs.number)).status is Status.IDENTIFYING


async def test_one_letter_to_two_mailboxes_of_a_brand_is_one_case_and_is_answered_once(
    town: MailTown, tmp_path: Path
) -> None:
    both = brand(tmp_path, town, "north"), brand(tmp_path, town, "north", PRIVACY, account="privacy")
    letter = mail(ANNA, "Request", DELETE)
    async with running(*both) as process:
        first, second = process.apps
        await town.deliver(letter, NORTH, ANNA)
        await town.deliver(letter, PRIVACY, ANNA)

        async def both_settled() -> bool:
            return await first.store.database.read(lambda: InboxRow.filter(state="ours").count()) == 2

        await until_so(both_settled)
        await first.sending.quiet()
        assert len(letters(town, ANNA)) == 1
        assert list((await brands_of(first)).values()) == ["north"]
        # a code that was sent from one address counts where it comes back to the other
        [sent] = letters(town, ANNA)
        await town.deliver(answer_to(sent, code_in(sent)), PRIVACY, ANNA)

        async def confirmed() -> bool:
            [ticket] = (await second.desk.open_of([ANNA]))[ANNA]
            return ticket.status is Status.DECIDING

        await until_so(confirmed)
        roles = [role.name for role in process.ownership.owned]
        assert roles == [
            "letters of north", "slack of north", "clock of north",
            "mailbox of north/support", "mailbox of north/privacy",
        ]  # fmt: skip


async def test_two_processes_with_a_brand_each_take_nothing_of_the_others(
    town: MailTown, tmp_path: Path, postgres: Postgres
) -> None:
    url = fresh_postgres(postgres)
    configs = [brand(tmp_path, town, name) for name in ("north", "south")]
    configs = [each.model_copy(update={"database": each.database.model_copy(update={"url": url})}) for each in configs]
    async with running(configs[0]) as one:
        await town.deliver(mail(ANNA, "Request", DELETE), SOUTH, ANNA)
        await town.deliver(mail(ANNA, "Request", DELETE), NORTH, ANNA)
        await until(lambda: len(letters(town, ANNA)) == 1)
        assert list((await brands_of(one.apps[0])).values()) == ["north"]
        async with running(configs[1]) as other:
            assert [role.name for role in other.ownership.owned] == [
                "letters of south", "slack of south", "clock of south", "mailbox of south/support",
            ]  # fmt: skip
            # it was not there before south's first day, and arrives again
            await town.deliver(mail(ANNA, "Request", DELETE), SOUTH, ANNA)
            await until(lambda: bool(letters(town, ANNA, SOUTH)))
            assert set((await brands_of(one.apps[0])).values()) == {"north", "south"}
            assert len(letters(town, ANNA, NORTH)) == 1
            assert await one.apps[0].sending._once() == 0
