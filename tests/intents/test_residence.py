"""Where a letter says that its writer lives, in the words that people use for it."""

import time

import pytest

from intents.residence import residence

SAID = [
    ("I live in Virginia. Please delete.", "US-VA"),
    ("As a California resident, I ask", "US-CA"),
    ("I am a resident of Oregon and want", "US-OR"),
    ("i'm living in Austin, TX and", "US-TX"),
    ("I live in Paris, Texas.", "US-TX"),
    ("I live in London, UK", "GB-ENG"),
    ("I live in London, Ontario", "CA-ON"),
    ("I live in Edinburgh, Scotland", "GB-SCT"),
    ("Ich wohne in Zürich.", "CH"),
    ("Ich lebe in Österreich", "AT"),
    ("J'habite à Montréal", "CA-QC"),
    ("je vis en Californie et", "US-CA"),
    ("Vivo en España", "ES"),
    ("resido en Nueva York", "US-NY"),
    ("Vivo in Italia", "IT"),
    ("abito a Milano", "IT"),
    ("Ik woon in Amsterdam", "NL"),
    ("Moro no Brasil", "BR"),
    ("moro em São Paulo", "BR"),
    ("Mieszkam w Warszawie", "PL"),
    ("mieszkam we Francji", "FR"),
    ("as an EU citizen I", "EU"),
    ("I live in West Virginia", "US-WV"),
    ("als Schweizer Bürgerin bitte ich", "CH"),
    ("als Einwohnerin von Kalifornien", "US-CA"),
    ("en tant que citoyen suisse", "CH"),
    ("en tant que résidente de Californie", "US-CA"),
    ("como residente de Colorado", "US-CO"),
    ("I'm from Germany", "DE"),
    ("I live in Washington, D.C.", "US-DC"),
    ("I live in Washington state", "US-WA"),
    ("i live in the UK and", "GB"),
    ("wohnhaft in Wien", "AT"),
    ("I am a California consumer", "US-CA"),
    ("I live in Georgia", "US-GA"),
    ("residente em Portugal", "PT"),
    ("I currently live in Quebec", "CA-QC"),
    ("I used to live in Texas, but now I live in Utah.", "US-UT"),
    ("woonachtig te Gent", "BE"),
    ("I live in New York", "US-NY"),
    ("I'm a Texas resident", "US-TX"),
    ("as resident of Delaware", "US-DE"),
    ("I reside in the European Union", "EU"),
    ("Como cidadão brasileiro peço uma cópia", "BR"),
]
NOT_SAID = [
    "I don't live in California",
    "I no longer live in Texas",
    "My mother lives in Texas",
    "I live in India",
    "How do California residents opt out?",
    "jako obywatel Polski",
    "Please delete my data.",
    "Your shop in Berlin was nice.",
    "I lived in Germany ten years ago.",
]


@pytest.mark.parametrize(("words", "place"), SAID)
def test_a_place_is_known_by_its_name(words: str, place: str) -> None:
    assert residence(words) == place
    assert residence(f"Hello,\n\n{words}.\n\nPlease delete all my data.") == place


@pytest.mark.parametrize("words", NOT_SAID)
def test_what_is_not_said_of_oneself_now_and_of_a_place_we_know_says_nothing(words: str) -> None:
    assert residence(words) is None


def test_a_long_letter_is_read_in_a_straight_line() -> None:
    def cost(words: str) -> float:
        begun = time.process_time()
        residence(words)
        return time.process_time() - begun

    some = "I live in a I am a "
    cost(some)
    assert cost(some * 8000) < 30 * max(cost(some * 800), 0.001)
