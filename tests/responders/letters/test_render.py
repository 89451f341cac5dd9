"""Filling letters: values are data, a hole is an error, and everybody is written to in words they read."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from intents.letter import Channel, Letter, Sender
from intents.reader import read_letter
from intents.rights import CaseReply
from responders.law.load import laws
from responders.letters.compose import UnknownLetter, UnknownRegime, families
from responders.letters.files import LANGUAGES, BadTemplate, names, parse
from responders.letters.render import Rendered, Unfilled, render
from responders.letters.values import wanted
from responders.letters.words import words

ANNA = {
    "ticket": "1042",
    "company": "Opterre Ltd",
    "postal_address": "1 Harbour Street\nNewport",
    "contact": "privacy@opterre.example",
    "received_date": "2026-03-01",
    "due_date": "2026-03-31",
    "code": "K7QM-2XRD-9F",
    "code_valid_until": "2026-03-02T14:05-07:00",
}


def acknowledged(language: str = "en", country: str | None = None, **more: str) -> Rendered:
    return render("erase.acknowledged", language, ANNA | more, country=country)


def test_an_acknowledgement_names_the_days_the_code_and_the_ticket() -> None:
    letter = acknowledged()
    assert letter.subject == "We have received your request for erasure"
    assert "on 1 March 2026" in letter.text
    assert "by 31 March 2026" in letter.text
    assert "\n\nK7QM-2XRD-9F\n\n" in letter.text
    assert "2 March 2026, 14:05 (UTC-07:00)" in letter.text
    assert letter.text.endswith("Opterre Ltd\n1 Harbour Street\nNewport\nprivacy@opterre.example\nTicket #1042\n")


@pytest.mark.parametrize("nasty", ["$", "${code}", "$code $$", "%(code)s {code}", "${block_footer}", "{{ 7*7 }}"])
def test_a_value_is_never_read_as_a_template(nasty: str) -> None:
    letter = render("case.ask", "en", ANNA | {"question": nasty})
    assert f"\n\n{nasty}\n\n" in letter.text
    assert ANNA["code"] not in letter.text


def test_html_in_a_value_stays_text() -> None:
    letter = render("case.ask", "en", ANNA | {"question": '<img src=x onerror="alert(1)"> & <b>'})
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &lt;b&gt;" in letter.html
    assert "<img" not in letter.html
    assert '<img src=x onerror="alert(1)"> & <b>' in letter.text


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("<>&\"'$ {}\n-#>.ahttps:/x?=;\u202e\x00ß"), max_size=60),
    st.sampled_from(LANGUAGES),
)
def test_html_is_made_of_a_few_tags_whatever_the_value(text: str, language: str) -> None:
    assume(text.strip("\u202e\x00 \n"))
    page = render("case.ask", language, ANNA | {"question": text}).html
    tags = set(re.findall(r"<[^>]*>", re.sub(r'<a href="https?://[^"<>]*">', "<a>", page)))
    doctype, lang = "<!DOCTYPE html>", f'<html lang="{language}">'
    assert tags <= {doctype, lang, '<meta charset="utf-8">', "<a>", "</a>", *PLAIN_TAGS}
    assert (
        text.replace("\u202e", "").replace("\x00", "").strip()
        in render("case.ask", language, ANNA | {"question": text}).text
    )


PLAIN_TAGS = {
    f"<{slash}{tag}>" for tag in ("html", "head", "body", "p", "br", "ul", "li", "blockquote") for slash in ("", "/")
}


def test_a_link_in_a_value_cannot_leave_its_attribute() -> None:
    letter = render(
        "case.ask", "en", ANNA | {"question": 'See https://a.example/?x=1&y="><script>. Or javascript:alert(1)'}
    )
    assert '<a href="https://a.example/?x=1&amp;y=">https://a.example/?x=1&amp;y=</a>&quot;&gt;' in letter.html
    assert "<script" not in letter.html
    assert 'href="javascript' not in letter.html


def test_characters_that_nobody_sees_are_taken_out_of_values() -> None:
    letter = render("case.ask", "en", ANNA | {"question": "a\u202eb\x00c\x1b[31md\u2066e\r\nf"})
    assert "abc[31mde\nf" in letter.text


@pytest.mark.parametrize("empty", ["", "  ", "\n", "\u202e\x00"])
def test_an_empty_value_is_a_missing_one(empty: str) -> None:
    with pytest.raises(Unfilled) as caught:
        render("case.ask", "de", ANNA | {"question": empty})
    assert caught.value.missing == ("question",)
    assert str(caught.value) == "letter 'case.ask' (de) needs a value for: question"
    assert isinstance(caught.value, KeyError)


def test_a_code_without_its_end_is_a_hole() -> None:
    with pytest.raises(Unfilled, match="code_valid_until"):
        acknowledged(code_valid_until="")


@pytest.mark.parametrize("family", families())
def test_a_letter_needs_exactly_what_it_says_it_needs(family: str) -> None:
    for name in names():
        entries = wanted(name, family)
        needed = {each.name: "x" for each in entries if not each.optional}
        render(name, "en", needed, regime=family)
        for gone in needed:
            if gone == "rights" and name.partition(".")[0] in words("en")["rights"]:
                continue
            with pytest.raises(Unfilled, match=gone):
                render(name, "en", {key: value for key, value in needed.items() if key != gone}, regime=family)


def test_each_wanted_placeholder_is_explained() -> None:
    for each in wanted("access.done", "ccpa"):
        assert each.says.endswith((".", "known.")), each
        assert each.kind in {"text", "date", "instant", "rights", "state", "list", "quote"}
    assert {"period", "sold_shared"} <= {each.name for each in wanted("access.done", "ccpa")}
    assert not {"period", "sold_shared"} & {each.name for each in wanted("access.done", "gdpr")}


def test_unknown_letters_and_laws_are_named() -> None:
    with pytest.raises(UnknownLetter, match=r"case\.nonsense"):
        render("case.nonsense", "en", ANNA)
    with pytest.raises(UnknownLetter, match=r"block\.footer"):
        render("block.footer", "en", ANNA)
    with pytest.raises(UnknownLetter):
        render("../en/case.ask", "en", ANNA)
    with pytest.raises(UnknownRegime, match="hammurabi"):
        render("case.ask", "en", ANNA | {"question": "?"}, regime="hammurabi")


def test_a_right_without_words_of_its_own_has_those_of_every_case() -> None:
    values = ANNA | {"reason": "The books must be kept.", "authority": "The authority"}
    letter = render("access.refused", "en", values)
    assert "was for access to your data" in letter.text
    assert letter.subject == "Your request"


@pytest.mark.parametrize(
    ("language", "spoken", "line"),
    [
        ("sv", "en", "Det här brevet finns än så länge bara på engelska"),
        ("tr-TR", "en", "Bu mektup"),
        ("und", "en", "Hello,"),
        ("", "en", "Hello,"),
        ("pt-BR", "pt", "Bom dia,"),
        ("DE_at", "de", "Guten Tag,"),
    ],
)
def test_other_languages_get_english_under_one_line_of_their_own(language: str, spoken: str, line: str) -> None:
    letter = acknowledged(language)
    assert letter.language == spoken
    assert letter.text.startswith(line)
    assert f'<html lang="{spoken}">' in letter.html


@pytest.mark.parametrize(
    ("language", "country", "written"),
    [
        ("en", None, "1 March 2026"),
        ("en", "US", "March 1, 2026"),
        ("en", "US-CA", "March 1, 2026"),
        ("de", "DE", "1. März 2026"),
        ("fr", "FR", "1er mars 2026"),
        ("es", "ES", "1 de marzo de 2026"),
        ("it", "IT", "1º marzo 2026"),
        ("nl", "NL", "1 maart 2026"),
        ("pt", "PT", "1 de março de 2026"),
        ("pl", "PL", "1 marca 2026 roku"),
    ],
)
def test_a_day_is_written_as_people_there_write_it(language: str, country: str | None, written: str) -> None:
    assert written in acknowledged(language, country).text


def test_a_day_that_a_person_wrote_stays_as_written() -> None:
    assert "on the day after Easter" in acknowledged(received_date="the day after Easter").text


def test_switzerland_has_no_sharp_s_except_in_what_people_wrote() -> None:
    values = ANNA | {"question": "Wohnen Sie in der Weißstraße?"}
    swiss = render("case.ask", "de", values, country="CH").text
    german = render("case.ask", "de", values, country="DE").text
    assert "Weißstraße" in swiss
    assert "Grüssen" in swiss
    assert "Grüßen" in german


def test_brazil_reads_its_own_words() -> None:
    values = ANNA | {"files": "dados.json", "format": "JSON", "withheld": "none", "authority": "ANPD"}
    assert "num arquivo" in render("portability.done", "pt", values, regime="lgpd", country="BR").subject
    assert "num ficheiro" in render("portability.done", "pt", values, country="PT").subject


def test_none_is_a_sentence_and_never_a_guess() -> None:
    values = ANNA | {"done_date": "2026-03-09", "log_months": "24", "backup_days": "35", "authority": "The authority"}
    letter = render("erase.done", "fr", values | {"kept": "none", "recipients_told": "Mailer Inc."})
    assert "\n- Rien.\n" in letter.text
    assert "<ul><li>Rien.</li></ul>" in letter.html
    with pytest.raises(Unfilled, match="kept"):
        render("erase.done", "fr", values | {"recipients_told": "Mailer Inc."})


def test_lists_become_lists_and_passages_quotes() -> None:
    letter = render("question.answered", "en", ANNA | {"passages": "Surveys\nWe limit access."})
    assert "\n> Surveys\n> We limit access.\n" in letter.text
    assert "<blockquote>Surveys<br>\nWe limit access.</blockquote>" in letter.html
    letter = render(
        "unsubscribe.done",
        "en",
        ANNA | {"done_date": "2026-03-02", "latest_date": "2026-03-16", "lists": "News\nOffers"},
    )
    assert "<ul><li>News</li><li>Offers</li></ul>" in letter.html


def test_several_rights_are_named_in_one_breath() -> None:
    for language in LANGUAGES:
        letter = render("case.acknowledged", language, ANNA | {"rights": "access, rectify,erase"})
        said = words(language)["rights"]
        assert f"{said['access']}, {said['rectify']}{words(language)['and']}{said['erase']}" in letter.text


def test_an_agent_is_not_told_of_data_as_if_they_were_theirs() -> None:
    letter = render("case.agent", "en", ANNA | {"rights": "access,erase"}, regime="ccpa")
    assert "on behalf of another person, for: access and erasure." in letter.text
    assert "your data" not in letter.text
    assert "rights" in {each.name for each in wanted("case.agent")}
    with pytest.raises(Unfilled, match=r"for: rights$"):
        render("case.agent", "en", ANNA)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_we_suggest_against_a_strange_request_are_words_we_understand(language: str) -> None:
    text = acknowledged(language).text
    quoted = re.search(
        r"[\"„«‘]\s?([^\"“”»’]+(?:’[^\"“”»’]+)?)\s?[\"“”»’]", text.partition(ANNA["code_valid_until"][:4])[2]
    )
    assert quoted, text
    assert reply_read(quoted[1]) is CaseReply.NOT_ME, quoted[1]


def reply_read(body: str) -> CaseReply | None:
    return read_letter(Letter(Channel.EMAIL, "Re: [#1042]", body, Sender("anna@example.org"))).case_reply


def test_a_letter_to_a_stranger_is_the_same_for_known_and_unknown_addresses() -> None:
    """Nothing but the ticket and the company can be in it, so nothing can give an address away."""
    for name in ("case.elsewhere", "case.code_wrong"):
        assert {each.name for each in wanted(name)} == {
            "ticket", "company", "postal_address", "contact", "own_reference",
        }  # fmt: skip


def test_the_own_reference_is_repeated_where_there_is_one() -> None:
    assert "Your reference: K-77/a" in acknowledged(own_reference="K-77/a").text
    assert "Your reference" not in acknowledged().text


def test_every_law_has_its_letters_and_an_appeal_only_where_the_law_gives_one() -> None:
    for name, law in laws().items():
        text = render("case.refused", "en", {each.name: "x" for each in wanted("case.refused", name)}, regime=name).text
        state = name.startswith("us-")
        if not name.endswith("-breach"):
            assert ("You may appeal" in text) == bool(state and law.appeal and law.appeal.days), name


def test_the_united_kingdom_counts_from_the_confirmation_and_nobody_else() -> None:
    for family in families():
        text = render("case.code", "en", ANNA | {"rights": "access"}, regime=family).text
        assert ("begins when we have received your confirmation" in text) == (family == "uk")
        assert ("does not wait for your confirmation" in text) == (family != "uk")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("subject: x\n\ntext", "no line of a head"),
        ("# colour: red\n\ntext", "no line of a head"),
        ("# reviewed: no\n\nCosts 5 $ a day", "stray"),
        ("# reviewed: no\n\n#: ACK-1\n", "empty paragraph"),
        ("# subject: Your ${code}\n\ntext", "no placeholder"),
        ("# reviewed: no\n\nHello ${block_footer}", "stands alone"),
    ],
)
def test_a_template_with_a_fault_is_refused_with_its_name(text: str, fault: str) -> None:
    with pytest.raises(BadTemplate, match=rf"xx/case\.ask\.txt: .*{fault}"):
        parse(text, "xx/case.ask.txt")
