"""Which HTML elements a person cannot see: judged by attributes, style, and a sheet's plainest rules."""

import re
from collections.abc import Iterable, Mapping

_HIDING = re.compile(
    r"(?:^|;)(?:display:none|visibility:hidden|opacity:0(?:\.0\d*)?(?:;|!|$)|"
    r"font-size:(?:[01](?:px|pt)?|0(?:em|rem|%)|0?\.0\d*(?:em|rem))(?:;|!|$)|max-height:0(?:px)?(?:;|!|$)|"
    r"text-indent:-\d{3,}|(?:left|top):-\d{3,})"
)
_NO_SIZE = re.compile(r"(?:^|;)(?:height|width):[01](?:px)?(?:;|!|$)")
_COLOUR = re.compile(r"(?:^|;)color:([^;]{1,40})")
_GROUND = re.compile(r"(?:^|;)background(?:-color|-image)?:([^;]{1,80})")
_WHITE = re.compile(
    r"(?:white|#fff(?:fff)?|#f[d-f]f[d-f]f[d-f]|rgba?\(25[3-5],25[3-5],25[3-5].{0,6}\)|transparent|rgba\(\d+,\d+,\d+,0\))"
    r"(?:!important)?"
)
_SIMPLE_RULE = re.compile(r"([.#][\w-]{1,80})$")


def squeezed(style: str | None) -> str:
    """A style attribute in lower case without white space, as the functions here want it."""
    return "".join((style or "").lower().split())


def names_of(attributes: Mapping[str, str | None]) -> list[str]:
    """Classes as ".x" and the id as "#x"; Outlook puts "x_" before the names in a quoted mail."""
    names = [f".{name}" for name in (attributes.get("class") or "").split()[:20]]
    identity = attributes.get("id")
    return [*names, f"#{identity}"] if identity else names


def is_white(attributes: Mapping[str, str | None], style: str) -> bool:
    """Whether the element's letters are white, or see-through."""
    colour = _COLOUR.search(style)
    value = colour[1] if colour else (attributes.get("color") or "").lower().replace(" ", "")
    return bool(value and _WHITE.fullmatch(value))


def hides(style: str) -> bool:
    """Whether a squeezed style makes an element invisible."""
    return bool(_HIDING.search(style)) or ("overflow:hidden" in style and bool(_NO_SIZE.search(style)))


def is_dark(attributes: Mapping[str, str | None], style: str) -> bool:
    """Whether the element's own ground is any other than white, so that white letters show on it."""
    ground = _GROUND.search(style)
    if ground and not _WHITE.match(ground[1]):
        return True
    return not _WHITE.fullmatch((attributes.get("bgcolor") or "white").lower())


def hiding_names(sheets: Iterable[str]) -> frozenset[str]:
    """Classes and ids that a style sheet hides outside of any @media block."""
    hiding: set[str] = set()
    for sheet in sheets:
        depth, selector = 0, ""
        for piece in re.split(r"([{}])", sheet[:200_000]):
            if piece == "{":
                depth += 1
            elif piece == "}":
                depth = max(0, depth - 1)
            elif depth == 0:
                selector = piece
            elif depth == 1 and "@" not in selector and hides(squeezed(piece)):
                found = (_SIMPLE_RULE.search(one.strip()) for one in selector.split(",")[:50])
                hiding.update(match[1] for match in found if match and match[0] == match[1])
    return frozenset(hiding)
