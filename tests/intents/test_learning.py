"""Training: the same sentences give the same bytes, and what was taught is read back."""

from intents.draft import draft
from intents.features import idea_features, word_features
from intents.fold import fold
from intents.lexicon import load
from intents.opinion import findings_by_sentence
from intents.opinion_weights import LABELS, MIDDLE, Weights, columns, parse
from tests.bench.learning import Learner, learn, pack

ERASE = LABELS.index("erase")
TEXTS = [
    ("please delete my data", True),
    ("delete everything about me", True),
    ("where is my parcel", False),
    ("the parcel is late, please help me", False),
] * 6


def trained() -> bytes:
    learner = Learner()
    wanted = frozenset([ERASE])
    lessons = [
        learner.lesson(draft(fold(text), load("en")), wanted if asks else frozenset(), frozenset())
        for text, asks in TEXTS
    ]
    return pack(learner, learn(learner, lessons))


def erase_weight(model: Weights, word: str) -> int:
    return columns([model.total(word_features(word))])[ERASE][0] - MIDDLE


def test_the_same_sentences_give_the_same_bytes() -> None:
    assert trained() == trained()


def test_what_was_taught_is_in_the_weights() -> None:
    model = parse(trained())
    assert erase_weight(model, "delete") > 0 > erase_weight(model, "parcel")


def test_ideas_are_the_same_features_in_every_language() -> None:
    english = draft(fold("please delete my data"), load("en"))
    german = draft(fold("bitte meine daten löschen"), load("de"))
    both = [idea_features(found, 0, findings_by_sentence(found)[0]) for found in (english, german)]
    assert {"data+delete", "wish:delete", "delete+my"} <= both[0] & both[1]
