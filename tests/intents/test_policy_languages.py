"""Questions in eight languages about an English policy and a German one. All companies and questions are invented."""

import tomllib

import pytest

from intents.policy import Policy
from intents.policy_words import DATA, LANGUAGES, lexicon

KITE = Policy.parse(
    """# Privacy at Kite & Harbour

We run a small shop for sailing gear. This policy tells you what happens to your data.

## What we collect

When you order, we collect your name, your postal address and your e-mail address.
Our pages also note the type of your browser and your IP address.
We do not ask for your location and we do not use GPS.

## Who receives it

We share your data with the parcel carrier and with our accountants, and with no other third parties.
We never sell your personal data.
If a court orders us to, we disclose data to the police.
Our payment provider handles your credit card; we never see the number.

## How long we keep it

We keep invoices for ten years because tax law demands it.
Everything else is stored for two years after your last order.
You can ask us to delete your account at any time.

## Security

All pages are encrypted with TLS.
Only two employees have access to the customer database.
We protect our servers with a firewall and daily updates.
The servers are located in Finland.

## Cookies and newsletter

We use one cookie, which remembers your basket.
You may unsubscribe from the newsletter with the link in every issue.

## Your rights

You have the right to receive a copy of your personal data.
If something is inaccurate, we correct it.
You may lodge a complaint with the supervisory authority.

## Children

The shop is not meant for children under 16.

## Contact

Please contact us at privacy@kite.example.

## Changes

We will notify you by e-mail before we make changes to this policy.
"""
)

SHARE = "We share your data with the parcel carrier"
SELL = "We never sell"
KEEP = "Everything else is stored for two years"
DELETE = "You can ask us to delete"
SAFE = "We protect our servers"
COOKIE = "We use one cookie"
CHILD = "The shop is not meant for children"
PLACE = "The servers are located"

QUESTIONS = [
    ("en", "Do you pass my data on to other companies?", SHARE),
    ("en", "Will you ever sell my details?", SELL),
    ("en", "how long do you hold my information", KEEP),
    ("en", "how can i have my account removed?", DELETE),
    ("en", "Is my data safe from hackers?", SAFE),
    ("de", "Gebt ihr meine Daten an andere Firmen weiter?", SHARE),
    ("de", "Verkaufen Sie meine Daten?", SELL),
    ("de", "Wie lange speichern Sie meine Daten?", KEEP),
    ("de", "Kann ich mein Konto löschen lassen?", DELETE),
    ("de", "Wie schützt ihr meine Daten vor Hackern?", SAFE),
    ("de", "Verwendet ihr Cookies?", COOKIE),
    ("de", "Wo stehen eure Server?", PLACE),
    ("fr", "Partagez-vous mes données avec des tiers ?", SHARE),
    ("fr", "Est-ce que vous vendez mes données ?", SELL),
    ("fr", "Combien de temps conservez-vous mes données ?", KEEP),
    ("fr", "Comment supprimer mon compte ?", DELETE),
    ("fr", "Comment protégez-vous mes données contre le piratage ?", SAFE),
    ("fr", "Utilisez-vous des cookies ?", COOKIE),
    ("es", "¿Comparten mis datos con terceros?", SHARE),
    ("es", "¿Venden ustedes mis datos?", SELL),
    ("es", "¿Cuánto tiempo guardan mis datos?", KEEP),
    ("es", "¿Puedo eliminar mi cuenta?", DELETE),
    ("es", "¿Cómo protegen mis datos contra los hackers?", SAFE),
    ("es", "¿Es para niños?", CHILD),
    ("it", "Condividete i miei dati con terze parti?", SHARE),
    ("it", "Vendete i miei dati?", SELL),
    ("it", "Per quanto tempo conservate i miei dati?", KEEP),
    ("it", "Posso cancellare il mio account?", DELETE),
    ("it", "Come proteggete i miei dati dagli hacker?", SAFE),
    ("nl", "Delen jullie mijn gegevens met derden?", SHARE),
    ("nl", "Verkopen jullie mijn gegevens?", SELL),
    ("nl", "Hoe lang bewaren jullie mijn gegevens?", KEEP),
    ("nl", "Kan ik mijn account laten verwijderen?", DELETE),
    ("nl", "Hoe beveiligen jullie mijn gegevens tegen hackers?", SAFE),
    ("pt", "Partilham os meus dados com terceiros?", SHARE),
    ("pt", "Vocês vendem meus dados?", SELL),
    ("pt", "Durante quanto tempo guardam os meus dados?", KEEP),
    ("pt", "Posso apagar a minha conta?", DELETE),
    ("pt", "Como protegem os meus dados de hackers?", SAFE),
    ("pl", "Czy przekazujecie moje dane innym firmom?", SHARE),
    ("pl", "Czy sprzedajecie moje dane?", SELL),
    ("pl", "Jak długo przechowujecie moje dane?", KEEP),
    ("pl", "Czy mogę usunąć konto?", DELETE),
    ("pl", "Jak chronicie moje dane przed hakerami?", SAFE),
]


@pytest.mark.parametrize(("language", "question", "expected"), QUESTIONS)
def test_a_question_finds_its_english_sentence_and_is_sure(language: str, question: str, expected: str) -> None:
    for known in (language, None):
        answer = KITE.answer(question, language=known)
        assert any(passage.text.startswith(expected) for passage in answer.passages), [p.text for p in answer.passages]
        assert answer.sure


OFF_TOPIC = [
    "When does the shop open?",
    "How much is the blue jacket?",
    "Where is my parcel?",
    "Can I get a refund for my order?",
    "Do you deliver to Norway?",
    "What is the capital of France?",
    "Is the app free?",
    "How do I reset the anchor light?",
    "Does the tent keep out the rain?",
    "Do you have jobs for students?",
    "Why is the website so slow?",
    "Wann macht der Laden auf?",
    "Was kostet die blaue Jacke?",
    "Wo bleibt mein Paket?",
    "À quelle heure ouvre le magasin ?",
    "Où est mon colis ?",
    "¿A qué hora abre la tienda?",
    "¿Dónde está mi pedido?",
    "A che ora apre il negozio?",
    "Dov'è il mio pacco?",
    "Hoe laat gaat de winkel open?",
    "Waar blijft mijn pakket?",
    "A que horas abre a loja?",
    "O której otwieracie sklep?",
    "Gdzie jest moja paczka?",
    "",
    "???",
    "asdf qwer",
    "Thanks!",
    "Do you use my data to train an artificial intelligence?",
    "Have you ever been hacked?",
    "What permissions does the app need?",
]


@pytest.mark.parametrize("question", OFF_TOPIC)
def test_a_question_that_no_policy_answers_is_not_sure(question: str) -> None:
    assert not KITE.answer(question).sure


BOOTSVERLEIH = Policy.parse(
    """Datenschutz

Welche Daten wir erheben

Bei der Buchung erheben wir Ihren Namen und Ihre Telefonnummer. Standortdaten erfassen wir nicht.

Weitergabe

Ihre Daten geben wir nur an unseren Zahlungsdienstleister weiter. Ein Verkauf Ihrer Daten findet nicht statt.

Speicherdauer

Wir löschen Ihre Buchung nach drei Jahren. Rechnungen bewahren wir zehn Jahre auf.

Sicherheit

Die Übertragung ist verschlüsselt, und nur befugte Mitarbeiter haben Zugriff.
"""
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Wem gebt ihr meine Daten weiter?", "Ihre Daten geben wir nur an"),
        ("Wie lange werden Rechnungen aufbewahrt?", "Rechnungen bewahren wir"),
        ("Do you sell my data?", "Ein Verkauf Ihrer Daten"),
        ("Is my data encrypted?", "Die Übertragung ist verschlüsselt"),
        ("Vendez-vous mes données ?", "Ein Verkauf Ihrer Daten"),
    ],
)
def test_a_german_policy_answers_too(question: str, expected: str) -> None:
    assert BOOTSVERLEIH.index.language == "de"
    answer = BOOTSVERLEIH.answer(question)
    assert any(passage.text.startswith(expected) for passage in answer.passages), [p.text for p in answer.passages]


def test_an_unknown_language_is_found_out_instead_of_failing() -> None:
    assert KITE.answer("Verkaufen Sie meine Daten?", language="sv").passages[0].text.startswith(SELL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_every_concept(language: str) -> None:
    def concepts(name: str) -> set[str]:
        return set(tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))["concepts"])

    assert concepts(language) == concepts("en")
    assert lexicon(language).we
