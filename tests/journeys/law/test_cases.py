"""Cases in which the law's dates decide: each is a letter, what staff do, and the days that pass."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from responders.case import events as e
from responders.case.lifecycle import NotNow
from responders.case.ticket import Identity, Status
from responders.law.regime import FurtherRight
from tests.journeys.law.office import office
from tests.responders.cast import IVAN, OLGA, WHY

MANY = "Your account spans eleven systems of three brands, two of them closed."


async def test_a_request_at_the_end_of_january_in_berlin_is_due_on_a_monday_in_march(tmp_path: Path) -> None:
    async with office(tmp_path, datetime(2026, 1, 31, 10, tzinfo=UTC)) as desk:
        await desk.mail("Bitte schicken Sie mir eine Kopie aller Daten über mich, Art. 15 DSGVO.", by="anna@kundin.de")
        ticket = await desk.ticket(1)
        assert ticket.dates is not None
        assert (ticket.dates.regime, ticket.dates.due) == ("gdpr", date(2026, 3, 2))
        assert ticket.due_at == datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC)
        assert any("31 Jan + 1 month = 28 Feb (Sat) → Mon 2 Mar" in str(step) for step in ticket.dates.working)
        assert "27. Februar 2026" in desk.last  # the promise is the working day before, never the rolled one
        await desk.code_comes_back(1)
        await desk.happen(1, e.StaffApproved(OLGA))
        await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
        assert not (await desk.ticket(1)).late(desk.now)
        assert not [kind for kind in desk.room.reminded if "overdue" in kind]
        for processor in ("Mailer Inc.", "Paybox Ltd."):
            await desk.happen(1, e.TaskDone(IVAN, processor, "exported", "anna@kundin.de, since 2019"))
        assert (await desk.ticket(1)).status is Status.FULFILLED
        assert "since 2019" in desk.last


async def test_a_californian_deletion_whose_code_never_comes_back_is_answered_in_time_and_in_categories(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, datetime(2026, 3, 2, 18, tzinfo=UTC)) as desk:
        await desk.mail("I live in California. Please delete all my data under the CCPA.", by="anna@kundin.example")
        ticket = await desk.ticket(1)
        assert ticket.dates is not None
        assert (ticket.dates.regime, ticket.dates.due) == ("ccpa", date(2026, 4, 16))
        assert ticket.dates.ack_by == date(2026, 3, 16)
        await desk.until(datetime(2026, 4, 15, 18, tzinfo=UTC))
        assert (await desk.ticket(1)).due_at == ticket.due_at  # the clock has run since receipt (7021(b))
        assert len(desk.room.reminded) >= 4
        with pytest.raises(NotNow):
            await desk.happen(1, e.StaffApproved(OLGA))
        closed = await desk.happen(1, e.StaffClosedUnverified(OLGA))
        assert closed.status is Status.EXPIRED
        assert "could not confirm" in desk.last
        assert "kinds of personal information" in desk.last
        assert "Contact data" in desk.last


async def test_a_british_clarification_stops_the_clock_for_its_days_and_no_longer(tmp_path: Path) -> None:
    async with office(tmp_path, datetime(2026, 9, 3, 9, tzinfo=UTC)) as desk:
        await desk.mail("Please send me a copy of my personal data. I live in London.", by="anna@kundin.co.uk")
        await desk.code_comes_back(1)
        before = await desk.ticket(1)
        assert before.dates is not None
        assert (before.dates.regime, before.dates.due) == ("uk", date(2026, 10, 5))  # 3 Oct is a Saturday
        desk.now = datetime(2026, 9, 7, 9, tzinfo=UTC)
        await desk.happen(1, e.StaffAsked(OLGA, "Which of our three shops is this about?", e.About.CLARIFICATION))
        question = desk.out.letters[-1]
        desk.now = datetime(2026, 9, 16, 9, tzinfo=UTC)
        await desk.mail("Only the one in Leeds.", by="anna@kundin.co.uk", answers=question, subject="Re: My data")
        after = await desk.ticket(1)
        assert after.status is Status.DECIDING
        assert after.dates is not None
        assert after.dates.due == date(2026, 10, 13)  # 3 Oct + 10 days, 7 to 16 September both counted
        assert after.dates.remind_by == before.dates.remind_by
        assert "due moved from 5 Oct 2026 (UK GDPR) to 13 Oct 2026" in await desk.timeline(1)


async def test_an_extension_asked_for_one_day_too_late_is_not_had(tmp_path: Path) -> None:
    async with office(tmp_path, datetime(2026, 3, 2, 15, tzinfo=UTC)) as desk:
        await desk.mail("Bitte löschen Sie alle meine Daten.", by="anna@kundin.de")
        await desk.code_comes_back(1)
        ticket = await desk.ticket(1)
        assert ticket.dates is not None
        assert ticket.dates.extension_notice_by is not None
        await desk.until(datetime(2026, 4, 3, 15, tzinfo=UTC))
        forced = [kind for kind in desk.room.reminded if "extension:" in kind]
        assert len(forced) == 6  # each working morning of the last seven days
        with pytest.raises(NotNow, match="inside the first period"):
            await desk.happen(1, e.StaffExtended(OLGA, MANY))
        assert (await desk.ticket(1)).due_at == ticket.due_at
    (tmp_path / "earlier").mkdir()
    async with office(tmp_path / "earlier", datetime(2026, 3, 2, 15, tzinfo=UTC)) as desk:
        await desk.mail("Bitte löschen Sie alle meine Daten.", by="anna@kundin.de")
        await desk.code_comes_back(1)
        await desk.until(datetime(2026, 4, 2, 15, tzinfo=UTC))
        longer = await desk.happen(1, e.StaffExtended(OLGA, MANY))
        assert longer.dates is not None
        assert longer.dates.answer_by == date(2026, 6, 2)
        assert "2. Juni 2026" in desk.last


async def test_an_appeal_in_virginia_has_its_own_clock_and_opens_the_case_again(tmp_path: Path) -> None:
    async with office(tmp_path, datetime(2026, 3, 2, 18, tzinfo=UTC)) as desk:
        await desk.mail("I live in Virginia. Please delete my account and all my data.")
        await desk.code_comes_back(1)
        await desk.happen(1, e.StaffCorrected(OLGA, country="US-VA"))
        refused = await desk.happen(1, e.StaffRefused(OLGA, WHY, "exemption"))
        assert refused.status is Status.REFUSED
        assert "appeal" in desk.last
        assert "60" in desk.last
        desk.now += timedelta(days=20)
        await desk.mail("I appeal. You may keep the invoices, but not my profile.", answers=desk.out.letters[-1])
        appeal = await desk.ticket(2)
        assert (appeal.dispute, appeal.disputes, appeal.status) == (FurtherRight.APPEAL, 1, Status.ANSWERING)
        assert appeal.identity is Identity.NOT_NEEDED
        assert appeal.dates is not None
        assert appeal.dates.due == date(2026, 5, 21)
        assert "We received your appeal" in desk.last
        await desk.mail("Any news on my appeal?", answers=desk.out.letters[-1])
        assert (await desk.ticket(2)).status is Status.ANSWERING  # no appeal against an appeal
        with pytest.raises(NotNow, match="granted, partly or denied"):
            await desk.happen(2, e.StaffAnswered(OLGA, "No."))
        decided = await desk.happen(
            2, e.StaffDecidedDispute(IVAN, e.Outcome.PARTLY, "Your profile is no invoice: it goes.")
        )
        assert decided.status is Status.FULFILLED
        assert "We grant your appeal in part" in desk.last
        assert "Attorney General of Virginia" in desk.last
        assert (await desk.ticket(1)).status is Status.DECIDING


async def test_a_denied_appeal_leaves_the_refusal_and_names_the_attorney_general(tmp_path: Path) -> None:
    async with office(tmp_path, datetime(2026, 3, 2, 18, tzinfo=UTC)) as desk:
        await desk.mail("I live in Virginia. Please delete my account and all my data.")
        await desk.code_comes_back(1)
        await desk.happen(1, e.StaffCorrected(OLGA, country="US-VA"))
        await desk.happen(1, e.StaffRefused(OLGA, WHY, "exemption"))
        await desk.mail("I want to appeal this decision.", answers=desk.out.letters[-1])
        denied = await desk.happen(2, e.StaffDecidedDispute(IVAN, e.Outcome.DENIED, WHY))
        assert denied.status is Status.REFUSED
        assert "cannot grant" in desk.last
        assert (await desk.ticket(1)).status is Status.REFUSED


async def test_a_british_complaint_is_acknowledged_at_once_and_answered_in_words(tmp_path: Path) -> None:
    async with office(tmp_path, datetime(2026, 9, 3, 9, tzinfo=UTC)) as desk:
        await desk.mail("Please delete my account and all my data.", by="anna@kundin.co.uk")
        await desk.code_comes_back(1)
        await desk.mail(
            "I want to complain about how you handle this.", by="anna@kundin.co.uk", answers=desk.out.letters[-1]
        )
        complaint = await desk.ticket(2)
        assert complaint.dispute is FurtherRight.COMPLAINT
        assert complaint.dates is not None
        assert complaint.dates.ack_by == date(2026, 10, 2)
        assert "received your complaint" in desk.last
        await desk.happen(
            2, e.StaffDecidedDispute(IVAN, e.Outcome.GRANTED, "You were right: we were slow, and say sorry.")
        )
        assert "we were slow" in desk.last
        assert "Information Commissioner" in desk.last


@pytest.mark.parametrize(
    ("words", "law", "country"),
    [
        ("I am a resident of Oregon. Please send me a copy of all my personal data.", "us-or", "US-OR"),
        ("As a Texas resident I ask you to delete my account and all my data.", "us-tx", "US-TX"),
        ("Ich wohne in Zürich. Bitte löschen Sie mein Konto und alle meine Daten.", "ch", "CH"),
        ("J'habite à Montréal. Veuillez supprimer toutes mes données personnelles.", "quebec", "CA-QC"),
        ("Moro no Brasil. Por favor, enviem-me uma cópia dos meus dados pessoais.", "lgpd", "BR"),
        ("Abito a Milano. Vi chiedo di cancellare tutti i miei dati personali.", "gdpr", "IT"),
    ],
)
async def test_the_place_that_a_letter_names_decides_its_law(
    tmp_path: Path, words: str, law: str, country: str
) -> None:
    async with office(tmp_path, datetime(2026, 3, 2, 18, tzinfo=UTC)) as desk:
        await desk.mail(words)
        ticket = await desk.ticket(1)
        assert ticket.country == country
        assert law in [each.regime for each in (ticket.dates, *ticket.other_dates) if each is not None]
        assert "unknown" not in [each.regime for each in (ticket.dates, *ticket.other_dates) if each is not None]


async def test_in_berlin_the_same_words_are_a_letter_like_any_other(tmp_path: Path) -> None:
    async with office(tmp_path, datetime(2026, 3, 2, 15, tzinfo=UTC)) as desk:
        await desk.mail("Bitte löschen Sie alle meine Daten.", by="anna@kundin.de")
        await desk.code_comes_back(1)
        await desk.happen(1, e.StaffRefused(OLGA, WHY, "legal_obligation"))
        await desk.mail("Das ist falsch, ich lege Widerspruch ein!", by="anna@kundin.de", answers=desk.out.letters[-1])
        assert len(await desk.store.database.read(desk.store.tickets.many)) == 1
        assert "The person wrote again" in desk.room.said[-1]
