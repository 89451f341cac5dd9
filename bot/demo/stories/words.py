"""Slack messages and mails as plain text for the printed conversation."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from bot.demo.post import Mail

Json = dict[str, Any]
LINES = 6
"""So many lines of a letter are printed."""
_SIGNS = {":rotating_light:": "(!)", ":white_check_mark:": "[x]", ":white_large_square:": "[ ]", ":warning:": "(!)"}
_SIGN = re.compile(r":[a-z_]+:")
_CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")


def readable(text: str) -> str:
    """mrkdwn without its marks."""
    text = _SIGN.sub(lambda found: _SIGNS.get(found[0], ""), text)
    text = re.sub(r"<@\w+>", "@", text)
    return unescape(re.sub(r"\*([^*\n]+)\*", r"\1", text)).strip()


def block_lines(blocks: list[Json]) -> Iterator[str]:
    """A message's blocks, a line or more each."""
    for block in blocks:
        match block["type"]:
            case "header":
                yield f"== {block['text']['text']} =="
            case "section":
                yield from section_lines(block)
            case "context":
                yield from (line for each in block["elements"] for line in readable(each["text"]).splitlines())
            case "actions":
                yield " ".join(label(each) for each in block["elements"])
            case "input":
                yield f"{block['label']['text']}: ____"
            case _:  # a divider says nothing
                pass


def section_lines(block: Json) -> Iterator[str]:
    """A section's text, its fields in one line, its button behind."""
    if "text" in block:
        button = f"  {label(block['accessory'])}" if "accessory" in block else ""
        yield readable(block["text"]["text"]) + button
    pairs = [readable(each["text"]).replace("\n", ": ") for each in block.get("fields", [])]
    for at in range(0, len(pairs), 2):
        yield " | ".join(pairs[at : at + 2])


def label(element: Json) -> str:
    """A button or menu as `[Approve]`."""
    text = element.get("text") or element.get("placeholder") or {"text": element["type"]}
    return f"[{text['text']}]"


def letter_lines(mail: Mail) -> list[str]:
    """The first lines of a letter without empty lines, and the line of the code if it comes later."""
    own = [line.strip() for line in mail.text.splitlines() if line.strip()]
    shown = own[:LINES]
    shown += [line for line in own[LINES:] if _CODE.search(line)]
    return [f"{line[:110]}…" if len(line) > 110 else line for line in shown]


def code_in(mail: Mail) -> str | None:
    """The code a letter carries, or None."""
    found = _CODE.search(mail.text)
    return found[0] if found else None
