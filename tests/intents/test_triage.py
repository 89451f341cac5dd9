"""Machine mail is known by its headers, parts, senders or words; people who write about machines are not machines."""

import json

import pytest

from intents.message import read_message
from intents.triage import body_signs, machine_signs, subject_signs
from tests.intents.mails import SHARED, borrowed, mail, needs_mails, with_parts


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (failure)",
        "auto-submitted: AUTO-NOTIFIED; x=y",
        "Return-Path: <>",
        "Precedence: bulk",
        "Precedence: Auto_Reply",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "X-Autoreply: yes",
        "X-Autorespond:",
        "X-Failed-Recipients: a@b.example",
        "List-Id: <l.shop.example>",
        "List-Unsubscribe: <mailto:x@shop.example>",
        "Sender: MAILER-DAEMON@shop.example",
        "Return-Path: <postmaster@shop.example>",
    ],
)
def test_headers_that_only_machines_set(head: str) -> None:
    assert read_message(mail(head=head)).auto_signs


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: no",
        "Return-Path: <anna@home.example>",
        "Precedence: normal",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "X-Autoreply: no",
        "X-Mailer: Auto-Reply 3000",
        "Subject: Re: Automatic reply: holiday",
        "Subject: Your automatic reply was no help",
        "Subject: Undeliverable parcels and my data",
        "Subject: Absent without leave",
        "Subject: Out of office address still in your database",
        "Subject: AW: Abwesenheitsnotiz",
        "Subject: Delivery of my data",
        "Subject: Failure to answer my request",
        "Subject: Bouncer data",
    ],
)
def test_headers_that_people_have_too(head: str) -> None:
    assert read_message(mail(head=head)).auto_signs == ()


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON",
        "MAILER-DAEMON@shop.example (Mail Delivery System)",
        "postmaster@shop.example",
        "Shop <noreply@shop.example>",
        "no-reply+123@shop.example",
        "shop-noreply@shop.example",
        "nicht-antworten@shop.example",
        "ne-pas-repondre@shop.example",
        "Mail Delivery Subsystem <x@shop.example>",
        "bounces+77=anna@shop.example",
        "newsletter@shop.example",
    ],
)
def test_senders_that_are_programs(sender: str) -> None:
    assert read_message(mail(sender=sender)).auto_signs


@pytest.mark.parametrize(
    "sender",
    [
        "anna@home.example",
        "Norepl Ymann <norep@home.example>",
        "Root Beer <rootbeer@home.example>",
        "Daemon Black <damon@home.example>",
    ],
)
def test_senders_that_are_people(sender: str) -> None:
    assert read_message(mail(sender=sender)).auto_signs == ()


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Your request",
        "Automatische Antwort: Ihre Anfrage",
        "Réponse automatique : votre demande",
        "Respuesta automática: su solicitud",
        "Risposta automatica: richiesta",
        "Automatisch antwoord: verzoek",
        "Resposta automática: pedido",
        "Odpowiedź automatyczna: wniosek",
        "Autosvar: ärende",
        "Automatisk svar: sag",
        "Automaattinen vastaus: pyyntö",
        "Automatická odpověď: žádost",
        "Automatikus válasz: kérelem",
        "Răspuns automat: cerere",
        "Αυτόματη απάντηση: αίτημα",
        "Automatski odgovor: zahtjev",
        "Автоматичен отговор: искане",
        "Otomatik yanıt: talep",
        "Out of Office",
        "[EXTERNAL] Out of office: until May",
        "Abwesenheitsnotiz",
        "Undeliverable: Your request",
        "Unzustellbar: Ihre Anfrage",
        "Non remis : votre demande",
        "No se puede entregar: solicitud",
        "Onbestelbaar: verzoek",
        "Undelivered Mail Returned to Sender",
        "Mail delivery failed: returning message to sender",
        "Delivery Status Notification (Failure)",
        "failure notice",
        "Read: Your request",
        "Gelesen: Ihre Anfrage",
    ],
)
def test_subjects_of_machines(subject: str) -> None:
    assert subject_signs(subject)


ABSENT = [
    "Thank you for your mail. I am out of the office until 9 November. In urgent cases call my colleagues.",
    "Ich bin bis 9. November nicht im Büro. Ihre Mail wird nicht weitergeleitet.",
    "Je suis absent du bureau jusqu'au 9 novembre. En cas d'urgence, appelez-nous.",
    "Estoy de vacaciones hasta el 9. Para asuntos urgentes llame a la oficina.",
    "Sono in ferie fino al 9. Per urgenze chiamate l'ufficio.",
    "Ik ben niet aanwezig tot 9 november. Bij dringende zaken kunt u bellen.",
    "Estou de férias até dia 9. Em caso de urgência ligue.",
    "Przebywam na urlopie do 9 listopada. W pilnych sprawach proszę dzwonić.",
    "Jag har semester till 9 november. Vid brådskande ärenden ring.",
    "Jeg holder ferie til 9. november. I presserende tilfælde ring.",
    "Olen lomalla 9.11. asti. Kiireellisissä asioissa soita.",
    "Jsem na dovolené do 9. listopadu. V naléhavých případech volejte.",
    "Szabadságon vagyok 9-ig. Sürgős esetben hívjon.",
    "Sunt în concediu până pe 9. Pentru urgențe sunați.",
    "Είμαι σε άδεια έως 9. Για επείγοντα καλέστε.",
    "В отпуск съм до 9. При спешни случаи звънете.",
]


@pytest.mark.parametrize("body", ABSENT)
def test_absence_notes_without_any_header(body: str) -> None:
    assert body_signs(body) == ["text of an absence note"]


@pytest.mark.parametrize(
    "body",
    [
        (
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered."
        ),
        (
            "Ihre Nachricht konnte nicht zugestellt werden.\n"
            "Fehler bei der Zustellung an die folgenden Empfänger:\nanna@home.example"
        ),
        "This is an automated message, please do not reply to it. Your ticket number is 77.",
        "Dies ist eine automatisch generierte E-Mail, bitte nicht antworten.",
        "Message automatique, merci de ne pas répondre.",
        "View this email in your browser\n\nGreat offers\n\nBuy!\n\nUnsubscribe",
    ],
)
def test_texts_of_machines_without_any_header(body: str) -> None:
    assert body_signs(body)


@pytest.mark.parametrize(
    "body",
    [
        "I got an automatic reply and nothing since. Please delete my data.",
        "Your site says that this is an automated decision. I object.",
        "I am out of the office next week, so please answer to my home address.",
        "Ich bin ab Montag im Urlaub, bitte löschen Sie bis dahin meine Daten.",
        "My mails to you come back: user unknown. What is the right address for access requests?",
        (
            "Please take me off this list.\n\n---------- Forwarded message ---------\n"
            "From: Shop <news@shop.example>\nDate: Tue, 3 Nov 2026\n\nView this email in your browser\n\n"
            "Offers\n\nUnsubscribe"
        ),
        (
            "Stop these.\n\n> View this email in your browser\n> This is an automated message, do not reply.\n"
            "> Unsubscribe"
        ),
        "Please unsubscribe me from your newsletter.",
        "Do not reply to this address any more, I no longer use it.",
        (
            "On 3 Nov 2026 at 10:12 Opterre <privacy@opterre.example> wrote:\n"
            "> This is an automated message. Please do not reply.\n\nWhy not?"
        ),
    ],
)
def test_people_who_write_about_machines_are_people(body: str) -> None:
    assert body_signs(body, "Hello") == []


STATUS = (
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.home.example\n\n"
    "Final-Recipient: rfc822; Anna@Home.example\nAction: {action}\nStatus: 5.1.1"
)
RETURNED = (
    "Content-Type: text/rfc822-headers\n\nFrom: privacy@opterre.example\n"
    "Message-ID: <ours.77@opterre.example>\nSubject: Your request"
)


def test_a_bounce_names_our_letter_and_the_address() -> None:
    letter = read_message(with_parts("report", "\nSorry.", STATUS.format(action="failed"), RETURNED))
    assert letter.bounce_of == "<ours.77@opterre.example>"
    assert letter.bounced_address == "Anna@home.example"
    assert "part message/delivery-status" in letter.auto_signs
    assert letter.body == "Sorry."


def test_a_letter_that_is_only_late_has_reached_nobody_and_lost_nobody() -> None:
    letter = read_message(with_parts("report", "\nStill trying.", STATUS.format(action="delayed"), RETURNED))
    assert letter.bounce_of == "<ours.77@opterre.example>"
    assert letter.bounced_address is None


def test_a_bounce_without_parts_names_them_too() -> None:
    text = (
        "The following addresses had permanent fatal errors:\n<anna@home.example>\n\n--- Original ---\n"
        "From: privacy@opterre.example\nMessage-ID: <ours.77@opterre.example>\n\nYour code"
    )
    letter = read_message(mail(text, sender="MAILER-DAEMON@mx.home.example"))
    assert (letter.bounce_of, letter.bounced_address) == ("<ours.77@opterre.example>", "anna@home.example")


def test_a_complaint_names_the_letter_and_no_address() -> None:
    letter = read_message(
        with_parts(
            "report", "\nSpam report.", "Content-Type: message/feedback-report\n\nFeedback-Type: abuse", RETURNED
        )
    )
    assert (letter.bounce_of, letter.bounced_address) == ("<ours.77@opterre.example>", None)


def test_a_person_who_attaches_a_mail_bounces_nothing() -> None:
    letter = read_message(
        with_parts("mixed", "\nDelete me from this.", RETURNED.replace("text/rfc822-headers", "message/rfc822"))
    )
    assert (letter.auto_signs, letter.bounce_of) == ((), None)


@needs_mails
def test_borrowed_bounces_are_recognised() -> None:
    people = (
        "not__is-not-bounce",
        "size-",
        "lhost-sendmail-14",
    )  # two letters, three empty files, a bounce passed on with a comment
    letters = {path.name: read_message(path.read_bytes()) for path in borrowed("sisimai")}
    assert len(letters) == 841
    unseen = [
        name for name, letter in letters.items() if not letter.auto_signs and not any(word in name for word in people)
    ]
    assert unseen == []
    assert sum(letter.bounced_address is not None for letter in letters.values()) > 780
    assert sum(letter.bounce_of is not None for letter in letters.values()) > 710


@needs_mails
def test_borrowed_letters_of_people_are_not_called_machine_mail() -> None:
    lines = (SHARED / "letters" / "letters.jsonl").read_text("utf-8").splitlines()
    called = [
        one["id"] for one in map(json.loads, lines) if machine_signs({}, one.get("subject") or "", one["body"], [])
    ]
    assert len(lines) > 400
    assert len(called) <= len(lines) * 0.003
