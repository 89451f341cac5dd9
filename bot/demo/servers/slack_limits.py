"""The limits Slack sets to messages and views, and the words it refuses them with.

Source: docs.slack.dev, reference of blocks, block elements, composition objects, views and metadata (2026).
"""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
_OPTIONS = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5}


def message_problems(blocks: object) -> list[str]:
    """What Slack would say against the blocks of a message; empty when they are good."""
    check = _Check()
    check.blocks(blocks, "/blocks", MESSAGE_BLOCKS)
    return check.problems


def view_problems(view: object) -> list[str]:
    """What Slack would say against a modal or an App Home; empty when it is good."""
    check = _Check()
    if not isinstance(view, dict):
        return ["[ERROR] must provide an object [json-pointer:/view]"]
    if view.get("type") not in ("modal", "home"):
        check.say("must be a valid enum value", "/view/type")
    if view.get("type") == "modal":
        check.modal(view)
    check.string(view.get("private_metadata"), "/view/private_metadata", 3000)
    check.string(view.get("callback_id"), "/view/callback_id", 255)
    check.string(view.get("external_id"), "/view/external_id", 255)
    check.blocks(view.get("blocks"), "/view/blocks", VIEW_BLOCKS)
    return check.problems


def elements(blocks: object) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block."""
    for block in blocks if isinstance(blocks, list) else []:
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group.get("options", [])]
    return [*element.get("options", []), *grouped]


class _Check:
    """Collects problems; each method checks one kind of thing at one place (a JSON pointer)."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def say(self, what: str, at: str) -> None:
        self.problems.append(f"[ERROR] {what} [json-pointer:{at}]")

    def string(self, value: object, at: str, most: int) -> None:
        if value is None:
            return
        if not isinstance(value, str):
            self.say("must be a string", at)
        elif len(value) > most:
            self.say(f"must be less than {most + 1} characters", at)

    def text(self, value: object, at: str, most: int, *, plain: bool = False) -> None:
        """A text object, which must be there."""
        if not isinstance(value, dict) or not isinstance(value.get("text"), str):
            self.say("missing required field: text", at)
            return
        if value.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
            self.say("unsupported type: " + str(value.get("type")), f"{at}/type")
        if not value["text"]:
            self.say("must be more than 0 characters", f"{at}/text")
        self.string(value["text"], f"{at}/text", most)

    def maybe_text(self, value: object, at: str, most: int, *, plain: bool = False) -> None:
        if value is not None:
            self.text(value, at, most, plain=plain)

    def many(self, value: object, at: str, most: int, least: int = 1) -> list[Any]:
        if not isinstance(value, list) or len(value) < least:
            self.say(f"no fewer than {least} items allowed", at)
        elif len(value) > most:
            self.say(f"no more than {most} items allowed", at)
        return value if isinstance(value, list) else []

    def blocks(self, blocks: object, at: str, most: int) -> None:
        seen: set[str] = set()
        for number, block in enumerate(self.many(blocks, at, most, least=0)):
            here = f"{at}/{number}"
            kind = block.get("type") if isinstance(block, dict) else None
            if kind not in _BLOCKS:
                self.say(f"unsupported type: {kind}", f"{here}/type")
                continue
            self.string(block_id := block.get("block_id"), f"{here}/block_id", 255)
            if block_id is not None and block_id in seen:
                self.say(f"block_id `{block_id}` already exists", f"{here}/block_id")
            seen.add(block_id)
            _BLOCKS[kind](self, block, here)
            self.elements(block, here)

    def elements(self, block: Json, at: str) -> None:
        seen: set[str] = set()
        for _, element in elements([block]):
            action = element["action_id"]
            self.string(action, f"{at}/action_id", 255)
            if action in seen:
                self.say(f"action_id `{action}` already exists for block_id", f"{at}/action_id")
            seen.add(action)
            self.element(element, at)

    def element(self, element: Json, at: str) -> None:
        self.maybe_text(element.get("placeholder"), f"{at}/placeholder", 150, plain=True)
        if element.get("type") == "button":
            self.button(element, at)
        if options := options_of(element):
            self.many(options, f"{at}/options", _OPTIONS.get(str(element.get("type")), 100))
        for number, option in enumerate(options):
            here = f"{at}/options/{number}"
            self.text(option.get("text"), f"{here}/text", 75)
            self.string(option.get("value"), f"{here}/value", 150)
            self.maybe_text(option.get("description"), f"{here}/description", 75)
        if confirm := element.get("confirm"):
            self.confirm(confirm, f"{at}/confirm")

    def button(self, button: Json, at: str) -> None:
        self.text(button.get("text"), f"{at}/text", 75, plain=True)
        self.string(button.get("value"), f"{at}/value", 2000)
        self.string(button.get("url"), f"{at}/url", 3000)
        if button.get("style") not in (None, "primary", "danger"):
            self.say("must be a valid enum value", f"{at}/style")

    def confirm(self, confirm: Json, at: str) -> None:
        self.text(confirm.get("title"), f"{at}/title", 100, plain=True)
        self.text(confirm.get("text"), f"{at}/text", 300)
        self.maybe_text(confirm.get("confirm"), f"{at}/confirm", 30, plain=True)
        self.maybe_text(confirm.get("deny"), f"{at}/deny", 30, plain=True)

    def modal(self, view: Json) -> None:
        self.text(view.get("title"), "/view/title", 24, plain=True)
        self.maybe_text(view.get("submit"), "/view/submit", 24, plain=True)
        self.maybe_text(view.get("close"), "/view/close", 24, plain=True)
        blocks = view.get("blocks")
        if "submit" not in view and any(block.get("type") == "input" for block in blocks or []):
            self.say("missing required field: submit", "/view/submit")

    def section(self, block: Json, at: str) -> None:
        if "fields" not in block:
            self.text(block.get("text"), f"{at}/text", 3000)
            return
        self.maybe_text(block.get("text"), f"{at}/text", 3000)
        for number, field in enumerate(self.many(block["fields"], f"{at}/fields", 10)):
            self.text(field, f"{at}/fields/{number}", 2000)

    def header(self, block: Json, at: str) -> None:
        self.text(block.get("text"), f"{at}/text", 150, plain=True)

    def context(self, block: Json, at: str) -> None:
        for number, element in enumerate(self.many(block.get("elements"), f"{at}/elements", 10)):
            if element.get("type") != "image":
                self.text(element, f"{at}/elements/{number}", 3000)

    def actions(self, block: Json, at: str) -> None:
        for number, element in enumerate(self.many(block.get("elements"), f"{at}/elements", 25)):
            if not isinstance(element, dict) or "type" not in element:
                self.say("missing required field: type", f"{at}/elements/{number}")

    def input(self, block: Json, at: str) -> None:
        self.text(block.get("label"), f"{at}/label", 2000, plain=True)
        self.maybe_text(block.get("hint"), f"{at}/hint", 2000, plain=True)
        if not isinstance(block.get("element"), dict):
            self.say("missing required field: element", at)

    def image(self, block: Json, at: str) -> None:
        self.string(block.get("image_url"), f"{at}/image_url", 3000)
        self.string(block.get("alt_text"), f"{at}/alt_text", 2000)
        self.maybe_text(block.get("title"), f"{at}/title", 2000, plain=True)

    def markdown(self, block: Json, at: str) -> None:
        self.string(block.get("text"), f"{at}/text", 12_000)

    def free(self, _block: Json, _at: str) -> None:
        """Nothing to check."""


_BLOCKS: dict[str, Callable[[_Check, Json, str], None]] = {
    "section": _Check.section,
    "header": _Check.header,
    "context": _Check.context,
    "actions": _Check.actions,
    "input": _Check.input,
    "image": _Check.image,
    "markdown": _Check.markdown,
    "divider": _Check.free,
    "rich_text": _Check.free,
}
