"""What was typed anew: quoted mails, signatures and footers never count, whoever's program wrote them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.quotes import Typed, new_text
from tests.intents.mails import SHARED, needs_mails

CODE = "KXWP-3M7Q"
OURS = "Opterre Privacy <privacy@opterre.example>"
QUOTE = f"> Hello Anna,\n> your code is {CODE}.\n> Answer erase or access."

ATTRIBUTIONS = [
    f"On Tue, 3 Nov 2026 at 10:12, {OURS} wrote:",
    "On Tue, 3 Nov 2026 at 10:12, Opterre Privacy Team With A Long Name\n<privacy@opterre.example> wrote:",
    f"Am Di., 3. Nov. 2026 um 10:12 Uhr schrieb {OURS}:",
    "Am 03.11.26 um 10:12 schrieb Opterre Privacy:",
    f"Le mar. 3 nov. 2026 à 10:12, {OURS} a écrit :",
    f"El mar, 3 nov 2026 a las 10:12, {OURS}\nescribió:",
    f"Il giorno mar 3 nov 2026 alle ore 10:12 {OURS}\nha scritto:",
    f"Op di 3 nov 2026 om 10:12 schreef {OURS}:",
    f"{OURS} escreveu no dia terça, 3/11/2026 à(s)\n10:12:",
    f"wt., 3 lis 2026 o 10:12 {OURS} napisał(a):",
    f"Den tis 3 nov. 2026 kl 10:12 skrev {OURS}:",
    f"Den tirs. 3. nov. 2026 kl. 10.12 skrev {OURS}:",
    f"ti 3. marrask. 2026 klo 10.12 {OURS} kirjoitti:",
    f"út 3. 11. 2026 v 10:12 odesílatel {OURS} napsal:",
    f"ut 3. 11. 2026 o 10:12 {OURS} napísal(a):",
    f"În mar., 3 nov. 2026 la 10:12, {OURS} a scris:",
    f"Στις Τρί 3 Νοε 2026 στις 10:12 π.μ., ο χρήστης {OURS} έγραψε:",
    f"{OURS} ezt írta (időpont: 2026. nov. 3., K, 10:12):",
    f"uto, 3. stu 2026. u 10:12 {OURS} je napisao/la:",
    f"На вт, 3.11.2026 г. в 10:12 {OURS} написа:",
    f"{OURS}, 3 Kas 2026 Sal, 10:12 tarihinde şunu yazdı:",
    f"вт, 3 нояб. 2026 г. в 10:12, {OURS} написал:",
    f"2026年11月3日(火) 10:12 {OURS}のメッセージ:",
]

BLOCKS = [
    ("From", "Sent", "To", "Subject"),
    ("Von", "Gesendet", "An", "Betreff"),
    ("De ", "Envoyé ", "À ", "Objet "),
    ("De", "Enviado", "Para", "Asunto"),
    ("Da", "Inviato", "A", "Oggetto"),
    ("Van", "Verzonden", "Aan", "Onderwerp"),
    ("De", "Enviada", "Para", "Assunto"),
    ("Od", "Wysłano", "Do", "Temat"),
    ("Från", "Skickat", "Till", "Ämne"),
    ("Fra", "Sendt", "Til", "Emne"),
    ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    ("Od", "Odesláno", "Komu", "Předmět"),
    ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    ("De la", "Trimis", "Către", "Subiect"),
    ("Από", "Στάλθηκε", "Προς", "Θέμα"),
    ("От", "Изпратено", "До", "Относно"),
    ("Kimden", "Gönderildi", "Kime", "Konu"),
    ("*From", "*Sent", "*To", "*Subject"),
    ("差出人", "送信日時", "宛先", "件名"),
]


def block(labels: tuple[str, ...], *, rest: str = f"Your code is {CODE}.") -> str:
    values = (OURS, "Tuesday, 3 November 2026 10:12", "Anna <anna@home.example>", "Your request")
    return "\n".join([*(f"{label}: {value}" for label, value in zip(labels, values, strict=True)), "", rest])


def no_leak(typed: Typed) -> bool:
    return CODE not in typed.text and "opterre" not in typed.text and "erase" not in typed.text


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_replies_above_and_below_a_marked_quote(attribution: str) -> None:
    for gap in ("\n", "\n\n"):
        above = new_text(f"Yes please.\nThank you\n\n{attribution}{gap}{QUOTE}")
        assert above.text == "Yes please.\nThank you"
        assert no_leak(above)
        below = new_text(f"{attribution}{gap}{QUOTE}\n\nYes please.")
        assert below.text == "Yes please."
        assert no_leak(below)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS[:-1])
def test_a_reply_above_a_quote_without_marks(attribution: str) -> None:
    typed = new_text(f"Yes please.\n\n{attribution}\n\nHello Anna,\nyour code is {CODE}.\nAnswer erase or access.")
    assert typed.text == "Yes please."
    assert CODE in typed.quoted


@pytest.mark.parametrize("labels", BLOCKS, ids=lambda labels: str(labels[1]))
@pytest.mark.parametrize(
    "ruler",
    ["", "________________________________\n", "-----Original Message-----\n", "-----Ursprüngliche Nachricht-----\n"],
)
def test_a_reply_above_a_header_block(labels: tuple[str, ...], ruler: str) -> None:
    typed = new_text(f"Yes please.\n\n{ruler}{block(labels)}")
    assert typed.text == "Yes please."
    assert no_leak(typed)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_words_right_above_the_quote_stay(attribution: str) -> None:
    assert new_text(f"Yes please.\nAnna\n{attribution}\n{QUOTE}").text == "Yes please.\nAnna"


def test_answers_between_the_lines_are_typed_and_the_lines_are_not() -> None:
    typed = new_text(
        f"On 03/11/2026 10:12, Opterre wrote:\n> Which data?\n\nAll of it.\n\n> Your code: {CODE}\nNo code from me.\n"
    )
    assert [line for line in typed.text.splitlines() if line] == ["All of it.", "No code from me."]


def test_the_rest_of_a_quoted_line_that_was_broken_stays_quoted() -> None:
    quoted = f"> If you want all of this to be done at once, then send us the words\nerase and {CODE}\n> and we will"
    assert new_text(f"Hello\n\nOn 3.11.2026 Opterre wrote:\n{quoted}").text == "Hello"


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Enviado do meu iPhone",
        "Wysłane z iPhone'a",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Odesláno z iPhonu",
        "Elküldve az iPhone-omról",
        "Trimis de pe iPhone-ul meu",
        "Στάλθηκε από το iPhone μου",
        "Poslano s mog iPhonea",
        "Изпратено от моя iPhone",
        "iPhone'umdan gönderildi",
        "Get Outlook for iOS",
        "Outlook für iOS beziehen",
        "Sent with Proton Mail secure email.",
        "Sent from Yahoo Mail for Android",
    ],
)
def test_what_programs_say_of_themselves_is_dropped(line: str) -> None:
    typed = new_text(f"Please delete it all.\n\n{line}")
    assert typed.text == "Please delete it all."
    assert typed.signature == line


@pytest.mark.parametrize("dashes", ["-- ", "--", "—"])
def test_a_signature_is_dropped(dashes: str) -> None:
    typed = new_text(
        f"Please delete it all.\n\n{dashes}\nAnna Example\nSome Street 1\n\n"
        f"On 03/11/2026 10:12, Opterre wrote:\n{QUOTE}"
    )
    assert typed.text == "Please delete it all."
    assert typed.signature.endswith("Anna Example\nSome Street 1")


def test_dashes_above_a_long_text_are_no_signature() -> None:
    long = "\n".join(f"Line {n} of what I want to say." for n in range(30))
    assert new_text(f"Dear all,\n--\n{long}").text.endswith("Line 29 of what I want to say.")


@pytest.mark.parametrize(
    "footer",
    [
        "This e-mail and any attachments are confidential. If you do not want it, erase it.",
        "Diese E-Mail enthält vertrauliche Informationen. Bitte löschen Sie diese.",
        "Ce message et ses pièces jointes sont confidentiels.",
        "You are receiving this because you signed up.\nUnsubscribe here.",
        "Um sich abzumelden, klicken Sie hier.",
    ],
)
def test_small_print_below_a_letter_is_dropped(footer: str) -> None:
    assert new_text(f"What do you know about me?\n\n{footer}").text == "What do you know about me?"


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote to you.\nPlease delete it all.",
        "Am Montag habe ich Ihnen geschrieben.\nBitte löschen Sie alles.",
        "I got a mail.\nFrom: nobody I know.\nPlease delete my data.",
        (
            "From: Anna Example\nTo: Opterre Ltd\nDate: 3 November 2026\nSubject: Request for access\n\n"
            "Dear all,\nwhat do you know?"
        ),
        (
            "Please use this:\nName: Anna Example\nStreet: Some Street 1\nEmail: anna@home.example\n"
            "Born: 01.01.1980\n\nThanks"
        ),
        "I want three things:\n- a copy\n- deletion\n- your word",
        "To unsubscribe is all I want.",
        "This message is my request for access.",
        "Sent from my desk, which is easier than my phone.",
        "Sent from my old address anna@old.example I had asked already.",
        "The page says:\n\nmy account\n\nwas deleted on 3 May.",
        "My old number is 10:12 and I wrote:\nnothing.",
        "Unsubscribe",
        "--",
    ],
)
def test_a_persons_own_words_stay(text: str) -> None:
    assert new_text(text).text == text.strip("\n") or text == "--"


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Message transféré ---------",
        "---------- Mensaje reenviado ----------",
        "Inizio messaggio inoltrato:",
        "---------- Doorgestuurd bericht ----------",
        "---------- Mensagem encaminhada ----------",
        "---------- Wiadomość przekazana dalej ----------",
        "---------- Vidarebefordrat meddelande ----------",
        "---------- Videresendt meddelelse ----------",
        "---------- Välitetty viesti ----------",
        "---------- Přeposlaná zpráva ----------",
        "---------- Továbbított üzenet ----------",
        "---------- Mesaj redirecționat ----------",
        "---------- Προωθημένο μήνυμα ----------",
        "---------- Proslijeđena poruka ----------",
        "---------- Препратено съобщение ----------",
        "---------- İletilen mesaj ----------",
    ],
)
def test_a_forward_without_a_word_is_kept_as_forwarded(mark: str) -> None:
    mail = (
        f"{mark}\nFrom: Anna <anna@home.example>\nDate: Tue, 3 Nov 2026\nSubject: My data\n"
        "To: <info@shop.example>\n\nPlease erase me."
    )
    typed = new_text(mail)
    assert typed.forwarded
    assert typed.text.endswith("Please erase me.")
    commented = new_text(f"For you, Olga\n\n{mail}")
    assert not commented.forwarded
    assert commented.text == "For you, Olga"


def test_an_empty_reply_above_a_header_block_is_empty_and_a_forward_is_not() -> None:
    body = block(BLOCKS[0])
    assert new_text(body, "Re: Your request") == Typed("", quoted=body)
    assert new_text(body, "AW: Your request").text == ""
    assert new_text(body, "Fwd: Your request").forwarded


def test_an_empty_reply_above_a_marked_quote_is_empty() -> None:
    typed = new_text(f"{ATTRIBUTIONS[0]}\n{QUOTE}")
    assert (typed.text, typed.forwarded) == ("", False)


@pytest.mark.parametrize(
    "bomb",
    [
        "On Mon, Jan 1 ",
        "On a\n",
        "\n",
        " on xxx at yyy",
        "> ",
        "From: a@b 10:10\n",
        ":\n",
        "-----Original Message-----\n",
        "--\n",
        "x",
        "\nSent from my iPhone\n\n",
        ">a\nb\n",
        "On 3.3.2020 at 10:10 a@b:\n",
    ],
)
def test_the_work_grows_no_faster_than_the_text(bomb: str) -> None:
    def steps(text: str) -> int:
        import sys

        count = 0

        def tick(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(tick)
        try:
            new_text(text)
        finally:
            sys.setprofile(None)
        return count

    small, large = steps(bomb * 1_000), steps(bomb * 4_000)
    assert large <= 4.2 * small + 500


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400), st.sampled_from(ATTRIBUTIONS))
def test_nothing_typed_or_quoted_is_lost_and_no_quoted_code_leaks(text: str, attribution: str) -> None:
    typed = new_text(f"{text}\n\n{attribution}\n{QUOTE}")
    assert CODE not in typed.text or typed.forwarded
    for word in text.split():
        assert word in typed.text + typed.quoted + typed.signature + attribution


@needs_mails
def test_the_longest_borrowed_reply_is_read() -> None:
    body = (SHARED / "mails" / "github-reply" / "test__emails__email_long_quote.txt").read_text("utf-8", "replace")
    assert len(body) > 700_000
    typed = new_text(body)
    assert typed.text.startswith("Hi folks\n\nWhat is the best way")
