"""Rules are only asked where they can find something: their needs are complete."""

from hypothesis import given
from hypothesis import strategies as st

from intents.clues import mood
from intents.cutting import Hit, Sentence, Word
from intents.lexicon import languages
from intents.phrase_files import read_phrases
from intents.rules import NEEDS, RULES
from intents.sentences import clauses

IDEAS = sorted({idea for language in languages() for idea in read_phrases(language)["ideas"]} | {"mail_value"})
WORDS = 8
HITS = st.builds(
    lambda idea, first, more: Hit(first, min(first + more, WORDS - 1), idea),
    st.sampled_from(IDEAS), st.integers(0, WORDS - 1), st.integers(0, 2),
)  # fmt: skip


def sentence(hits: list[Hit], end: str) -> Sentence:
    words = [Word("word", 5 * place, 5 * place + 4, "word") for place in range(WORDS)]
    return Sentence(words, end, hits=sorted(hits), ideas=frozenset(hit.idea for hit in hits))


def test_every_rule_has_its_needs() -> None:
    assert set(NEEDS) == set(RULES)


@given(st.lists(HITS, min_size=1, max_size=8), st.sampled_from(["?", ".", "!", ""]))
def test_a_rule_finds_nothing_in_a_clause_without_one_of_its_needs(hits: list[Hit], end: str) -> None:
    for rule in RULES:
        others = [hit for hit in hits if hit.idea not in NEEDS[rule]]
        for clause in clauses(sentence(others, end)):
            assert not [finding for finding in rule(clause, mood(clause)) if finding.score]
