"""Builders for Block Kit, each within Slack's limits: what is too long is cut and says how long it was."""

from collections.abc import Iterable, Sequence
from typing import Any

Json = dict[str, Any]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
_TURNING = dict.fromkeys([0, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
"""NUL and the signs that turn the direction of writing: text from outside may not change how a card reads."""


def esc(text: str) -> str:
    """Text from outside as it may stand in mrkdwn: no mention, no link, no channel call comes of it."""
    return text.translate(_TURNING).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    """At most `most` characters; a cut text ends with its true length."""
    if len(text) <= most:
        return text
    end = f"… ({len(text)} characters)" if most > 60 else "…"
    return text[: most - len(end)] + end


def plain(text: str, most: int = 3000) -> Json:
    """Text that Slack shows as it is."""
    return {"type": "plain_text", "text": cut(text, most).translate(_TURNING) or "–", "emoji": False}


def marked(text: str, most: int = 3000) -> Json:
    """mrkdwn; whatever comes from outside was escaped before."""
    return {"type": "mrkdwn", "text": cut(text, most) or "–", "verbatim": True}


def header(text: str) -> Json:
    return {"type": "header", "text": plain(text, 150)}


def section(text: Json, accessory: Json | None = None) -> Json:
    return {"type": "section", "text": text} | ({"accessory": accessory} if accessory else {})


def table(pairs: Iterable[tuple[str, str]]) -> Json:
    """Up to ten named values; both sides are escaped here."""
    fields = [marked(f"*{esc(name)}*\n{esc(value)}", 2000) for name, value in pairs]
    return {"type": "section", "fields": fields[:10]}


def context(texts: Sequence[Json]) -> Json:
    return {"type": "context", "elements": list(texts[:10])}


def actions(elements: Sequence[Json], block_id: str | None = None) -> Json:
    return {"type": "actions", "elements": list(elements[:25])} | ({"block_id": block_id} if block_id else {})


def button(action_id: str, label: str, value: str, style: str | None = None) -> Json:
    shape: Json = {"type": "button", "action_id": action_id, "text": plain(label, 75), "value": value}
    return shape | ({"style": style} if style else {})


def link(action_id: str, label: str, url: str) -> Json:
    """A button that only opens an address; Slack tells us of the click all the same."""
    return {"type": "button", "action_id": action_id, "text": plain(label, 75), "url": url}


def options(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    """(value, label) of a menu; a value has at most 150 characters."""
    return [{"text": plain(label, 75), "value": value} for value, label in pairs][:100]


def menu(action_id: str, hint: str, choices: list[Json], initial: Json | None = None) -> Json:
    shape: Json = {"type": "static_select", "action_id": action_id, "placeholder": plain(hint, 150), "options": choices}
    return shape | ({"initial_option": initial} if initial else {})


def typed(action_id: str = "text", *, lines: bool = False, least: int = 0, most: int = 3000) -> Json:
    """A field to type into."""
    shape: Json = {"type": "plain_text_input", "action_id": action_id, "multiline": lines, "max_length": most}
    return shape | ({"min_length": least} if least else {})


def field(block_id: str, label: str, element: Json, *, hint: str = "", optional: bool = False) -> Json:
    """One input of a form."""
    shape: Json = {"type": "input", "block_id": block_id, "label": plain(label, 150), "element": element}
    return shape | {"optional": optional} | ({"hint": plain(hint, 2000)} if hint else {})


def modal(
    title: str, blocks: Sequence[Json], *, name: str = "", data: str = "", submit: str = "", close: str = "Close"
) -> Json:
    """A form; without `submit` it only tells something."""
    view: Json = {"type": "modal", "title": plain(title, 24), "close": plain(close, 24), "blocks": list(blocks)}
    view |= {"callback_id": name, "private_metadata": data}
    return view | ({"submit": plain(submit, 24)} if submit else {})


def notice(text: str, title: str = "Privacy desk", close: str = "Close") -> Json:
    """A modal that says one thing."""
    return modal(title, [section(plain(text))], close=close)
