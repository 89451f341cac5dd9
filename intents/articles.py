"""Articles and sections of law that a letter names, and the right each one grants."""

import re
from dataclasses import dataclass

from intents.rights import Intent

_GDPR = {
    15: Intent.ACCESS, 16: Intent.RECTIFY, 17: Intent.ERASE, 18: Intent.RESTRICT,
    20: Intent.PORTABILITY, 21: Intent.OBJECT, 22: Intent.OBJECT,
}  # fmt: skip
"""GDPR art. 15-22. Art. 19 (telling recipients) and art. 12 (how to answer) grant no right of their own."""
_CCPA = {
    "100": Intent.ACCESS, "105": Intent.ERASE, "106": Intent.RECTIFY, "110": Intent.ACCESS, "115": Intent.ACCESS,
    "120": Intent.OPTOUT_SALE, "121": Intent.OBJECT, "130": None, "135": Intent.OPTOUT_SALE,
}  # fmt: skip
_LAW_NAMES = {
    "gdpr": "gdpr", "dsgvo": "gdpr", "ds-gvo": "gdpr", "rgpd": "gdpr", "rodo": "gdpr", "avg": "gdpr", "gdpr's": "gdpr",
    "tietosuoja-asetus": "gdpr", "dataskyddsforordningen": "gdpr", "databeskyttelsesforordningen": "gdpr",
    "γκπδ": "gdpr", "lopd": "gdpr", "lopdgdd": "gdpr", "ccpa": "ccpa", "cpra": "ccpa",
    "california consumer privacy act": "ccpa", "lgpd": "lgpd", "uk gdpr": "uk_gdpr",
    "data protection act 2018": "uk_gdpr", "vcdpa": "us_state", "ctdpa": "us_state", "cpa": "us_state",
    "pipeda": "pipeda", "fadp": "ch_dsg", "revdsg": "ch_dsg", "kvkk": "kvkk", "can-spam": "can_spam", "popia": "popia",
}  # fmt: skip

_ARTICLE = re.compile(
    r"\b(?:art(?:icles?|ikel|ikels|igo|iculo|icolo|yku[lł]\w*|icolul\w*|icolului|iklan)?|art\.|cl(?:anku|anek|\.)|αρθρο\w*|"
    r"§{1,2}|artiklan|cikk|чл|член\w*|madde)\W{0,3}(\d{1,2})\b(?!\.\d)"
    r"(?:\s?\(?\s?(?:abs(?:atz)?|lid|par\w*|al(?:inea)?|ust\w*|odst\w*|stk|bek|\(|,|n\.?r\.?)?\W{0,2}(\d{1,2})\b)?"
)
_FINNISH = re.compile(r"\b(\d{1,2})\.?\s?(?:artikla\w*|cikk\w*|clank\w*)")
_SECTION = re.compile(r"\b1798\.(\d{3})\b")
_NAME = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _LAW_NAMES), key=len, reverse=True)) + r")\b")


@dataclass(frozen=True, slots=True)
class Article:
    """An article named in the letter; `intent` is the right it grants, `start` and `end` are offsets."""

    name: str
    intent: Intent
    start: int
    end: int


def laws(folded: str) -> tuple[str, ...]:
    """The laws a folded text names, in the order of their first mention."""
    return tuple(dict.fromkeys(_LAW_NAMES[match.group(1)] for match in _NAME.finditer(folded)))


def articles(folded: str, *, certain: bool) -> list[Article]:
    """The articles of data protection law in a folded text; plain "Art. 17" counts only where `certain` says so."""
    found = [_section(match) for match in _SECTION.finditer(folded)]
    if certain:
        found += [_gdpr(match) for regex in (_ARTICLE, _FINNISH) for match in regex.finditer(folded)]
    return [article for article in found if article is not None]


def _section(match: re.Match[str]) -> Article | None:
    intent = _CCPA.get(match.group(1))
    name = f"Cal. Civ. Code 1798.{match.group(1)}"
    return Article(name, intent, match.start(), match.end()) if intent else None


def _gdpr(match: re.Match[str]) -> Article | None:
    number = int(match.group(1))
    intent = _GDPR.get(number)
    if intent is None:
        return None
    paragraph = match.group(2) if match.re.groups > 1 else None
    if number == 21 and paragraph in ("2", "3"):
        intent = Intent.UNSUBSCRIBE
    return Article(f"Art. {number} GDPR", intent, match.start(), match.end())
