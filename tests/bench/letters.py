"""The mails that are measured with: invented people, privacy letters in four languages, and ordinary support mail.

The same seed makes the same mails. Sizes, parts and headers are mixed as a support mailbox has them: half plain text, a
third with HTML, some with a picture or an attachment, some with a quoted answer below.
"""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

SUPPORT = "support@opterre.example"
_FIRST = (
    "Aiko",
    "Bela",
    "Clara",
    "Dario",
    "Emre",
    "Fenja",
    "Gita",
    "Hanne",
    "Ilja",
    "Joana",
    "Kofi",
    "Lotte",
    "Mirko",
    "Nadia",
    "Oskar",
    "Petra",
    "Rosa",
    "Sami",
    "Tove",
    "Uli",
    "Vito",
    "Wanda",
    "Yara",
    "Zora",
)
_LAST = (
    "Aalto",
    "Brandt",
    "Corti",
    "Dahl",
    "Engel",
    "Faber",
    "Grau",
    "Holm",
    "Isler",
    "Jung",
    "Kern",
    "Lindt",
    "Maas",
    "Nagel",
    "Otten",
    "Pohl",
    "Quandt",
    "Reuter",
    "Sailer",
    "Thoma",
    "Urban",
    "Voss",
    "Winkler",
)
_DOMAINS = ("kundin.example", "kunde.example", "briefe.example", "heim.example", "postfach.example")

_ASKED = {
    "en": (
        "Please send me a copy of all personal data that you hold about me.",
        "Please delete my account and all the personal data that you have stored about me.",
        "Unsubscribe me from your newsletter, please.",
        "Under Article 15 GDPR I request access to my personal data.",
        "Please correct my personal data: my street is spelled wrong in your records.",
        "Do not sell or share my personal information.",
        "I object to the processing of my personal data for direct marketing.",
        "Please send me everything you know about me, and then erase all of it.",
    ),
    "de": (
        "Bitte senden Sie mir eine Auskunft über alle personenbezogenen Daten, die Sie über mich gespeichert haben.",
        "Bitte löschen Sie mein Konto und alle meine personenbezogenen Daten.",
        "Bitte melden Sie mich von Ihrem Newsletter ab.",
        "Ich widerspreche der Verarbeitung meiner Daten zu Zwecken der Direktwerbung.",
    ),
    "fr": (
        "Veuillez m'envoyer une copie de toutes les données personnelles que vous détenez sur moi.",
        "Veuillez supprimer mon compte et toutes mes données personnelles.",
        "Merci de me désabonner de votre newsletter.",
    ),
    "es": (
        "Les ruego que me envíen una copia de todos los datos personales que tienen sobre mí.",
        "Solicito que eliminen mi cuenta y todos mis datos personales.",
        "Por favor, denme de baja de su boletín.",
    ),
}
_AROUND = {
    "en": (
        "I have been a customer of yours since the spring of 2019.",
        "I moved house in October and hardly use your shop any more.",
        "My customer number should be in your records.",
        "I would be glad to hear from you soon.",
        "You can reach me at this address at any time.",
        "The last time I ordered something was a lamp for the hallway.",
    ),
    "de": (
        "Ich bin seit dem Frühjahr 2019 Kunde bei Ihnen.",
        "Im Oktober bin ich umgezogen und nutze Ihren Laden kaum noch.",
        "Über eine baldige Antwort freue ich mich.",
        "Zuletzt hatte ich eine Lampe für den Flur bestellt.",
    ),
    "fr": (
        "Je suis cliente chez vous depuis le printemps 2019.",
        "J'ai déménagé en octobre et je n'utilise presque plus votre boutique.",
        "Dans l'attente de votre réponse, bien cordialement.",
    ),
    "es": (
        "Soy clienta suya desde la primavera de 2019.",
        "Me mudé en octubre y casi no uso su tienda.",
        "Quedo a la espera de su respuesta. Un saludo.",
    ),
}
_HAIL = {"en": ("Hello,", "Dear team,"), "de": ("Guten Tag,",), "fr": ("Bonjour,",), "es": ("Hola:",)}
_ORDINARY = (
    "The lamp from order {n} arrived with a crack in the glass; what should I do with it?",
    "Could you tell me when order {n} will leave your warehouse?",
    "The discount of last week was not taken off on invoice {n}.",
    "The screen stays white when I open the page with my orders on the tablet.",
    "We need thirty chairs for a school and would like to have an offer.",
    "The courier left parcel {n} with a neighbour whom nobody here knows.",
    "Is the table with the number {n} also made in a darker wood?",
    "I paid twice for order {n}, once by card and once by transfer.",
    "The shelf is missing four screws and the manual has no page three.",
    "Can the delivery of {n} be moved to the week after next?",
    "Wann kommt meine Bestellung {n} an? Die Sendungsverfolgung steht seit Tagen still.",
    "La lampe de la commande {n} ne s'allume pas, que dois-je faire ?",
    "El paquete {n} llegó abierto y falta una pieza.",
)
_SMALL_TALK = (
    "We tried it on two different days and it was the same each time.",
    "The house is easy to find, it is the yellow one behind the mill.",
    "My sister bought the same one and hers is perfectly fine.",
    "Thank you for the friendly help on the telephone in March.",
    "I put a photograph of it with this mail.",
    "It is not urgent, but it would be good to know before the holidays.",
    "The colour on the page looked a little warmer than it really is.",
    "We live on the third floor and the lift is narrow.",
)
_SUBJECTS = ("My data", "Request", "A question about my account", "Order", "Please help", "Hello")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; `privacy` says whether it asks for something that is ours."""

    raw: bytes
    sender: str
    privacy: bool


def mails(count: int, *, privacy: float, seed: int = 11, tag: str = "a") -> list[Mail]:
    """`count` mails, each from a sender of its own; `privacy` (0 to 1) is the share of privacy letters."""
    dice = random.Random(f"{seed}{tag}")
    ours = round(count * privacy)
    kinds = [True] * ours + [False] * (count - ours)
    dice.shuffle(kinds)
    return [_mail(dice, f"{tag}{number}", is_ours=kind) for number, kind in enumerate(kinds)]


def _mail(dice: random.Random, tag: str, *, is_ours: bool) -> Mail:
    first, last = dice.choice(_FIRST), dice.choice(_LAST)
    sender = f"{first}.{last}.{tag}@{dice.choice(_DOMAINS)}".lower()
    text = "\n".join(_privacy(dice) if is_ours else _ordinary(dice))
    text += f"\n\n{first} {last}\n"
    if dice.random() < (0.1 if is_ours else 0.25):
        text += "\n".join(_quoted(dice))
    subject = dice.choice(_SUBJECTS) if is_ours else f"{dice.choice(_SUBJECTS)} {dice.randrange(10**6)}"
    head = "\r\n".join(_head(dice, tag, f"{first} {last} <{sender}>", subject))
    body = _body(dice, text, with_files=not is_ours or dice.random() < 0.1)
    return Mail(f"{head}\r\n{body}".encode(), sender, is_ours)


def _privacy(dice: random.Random) -> Iterator[str]:
    language = dice.choices(("en", "de", "fr", "es"), (5, 2, 2, 1))[0]
    around = dice.sample(_AROUND[language], dice.randint(0, 3))
    yield dice.choice(
        {"en": ("Hello,", "Dear team,"), "de": ("Guten Tag,",), "fr": ("Bonjour,",), "es": ("Hola:",)}[language]
    )
    yield ""
    yield from _wrapped(" ".join([*around[:1], dice.choice(_ASKED[language]), *around[1:]]))


def _ordinary(dice: random.Random) -> Iterator[str]:
    yield "Hello,"
    for _ in range(dice.choice((1, 1, 2, 3, 5))):
        yield ""
        said = [dice.choice(_ORDINARY).format(n=dice.randrange(10**4, 10**6))]
        yield from _wrapped(" ".join([*said, *dice.sample(_SMALL_TALK, dice.randint(1, 5))]))


def _quoted(dice: random.Random) -> Iterator[str]:
    yield ""
    yield "On Mon, 2 Mar 2026 at 10:14, Opterre Support <support@opterre.example> wrote:"
    for line in _wrapped(" ".join(dice.sample(_SMALL_TALK, 6))):
        yield f"> {line}"


def _wrapped(text: str) -> Iterator[str]:
    line = ""
    for word in text.split():
        if len(line) + len(word) > 76:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
    yield line


def _head(dice: random.Random, tag: str, sender: str, subject: str) -> Iterator[str]:
    """As it looks after three servers: Received, signatures and spam marks, 1 to 3 kB."""
    now = datetime.now(UTC)
    for hop in range(dice.randint(2, 4)):
        yield (
            f"Received: from mx{hop}.briefe.example (mx{hop}.briefe.example [192.0.2.{dice.randrange(1, 255)}])\r\n"
            f"\tby in{hop}.opterre.example with ESMTPS id {dice.getrandbits(64):016x}\r\n"
            f"\tfor <{SUPPORT}>; {format_datetime(now)}"
        )
    signature = base64.b64encode(dice.randbytes(256)).decode()
    yield "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=briefe.example; s=k1;\r\n\tb=" + "\r\n\t ".join(
        signature[at : at + 70] for at in range(0, len(signature), 70)
    )
    yield f"X-Spam-Status: No, score=-0.{dice.randrange(10)} required=5.0 tests=DKIM_SIGNED,DKIM_VALID,SPF_PASS"
    yield f"From: {sender}"
    yield f"To: Opterre Support <{SUPPORT}>"
    yield f"Subject: {subject}"
    yield f"Date: {format_datetime(now)}"
    yield f"Message-ID: <{tag}.{dice.getrandbits(80):020x}@briefe.example>"
    yield "MIME-Version: 1.0"


def _body(dice: random.Random, text: str, *, with_files: bool) -> str:
    text = text.replace("\n", "\r\n")
    kind = dice.random()
    if kind < 0.5:
        return f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"
    boundary = f"=_{dice.getrandbits(64):016x}"
    alternative = (
        f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        f"--{boundary}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{_html(text)}\r\n--{boundary}--\r\n"
    )
    inner = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n{alternative}'
    if kind < 0.85 or not with_files:
        return inner
    outer = f"=_{dice.getrandbits(64):016x}"
    data = base64.b64encode(dice.randbytes(dice.choice((4_000, 12_000, 40_000, 120_000)))).decode()
    lines = "\r\n".join(data[at : at + 76] for at in range(0, len(data), 76))
    return (
        f'Content-Type: multipart/mixed; boundary="{outer}"\r\n\r\n--{outer}\r\n{inner}\r\n--{outer}\r\n'
        'Content-Type: image/jpeg; name="photo.jpg"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="photo.jpg"\r\n\r\n{lines}\r\n--{outer}--\r\n'
    )


def _html(text: str) -> str:
    paragraphs = "".join(
        f'<p style="margin:0 0 12px 0;font-family:Arial,sans-serif;font-size:14px">{part}</p>\r\n'
        for part in text.split("\r\n\r\n")
    )
    return f'<html><head><style>p {{ color: #222 }}</style></head><body><div dir="ltr">{paragraphs}</div></body></html>'
