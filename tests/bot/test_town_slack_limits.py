"""The limits of Block Kit: what is just allowed passes, one more is refused."""

from typing import Any

import pytest

from bot.demo.servers.slack_limits import message_problems, view_problems

Json = dict[str, Any]


def plain(length: int) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def section(length: int) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain(3)} | more


def actions(count: int = 1, **more: Any) -> Json:
    return {"type": "actions", "elements": [button(action_id=f"a{number}") | more for number in range(count)]}


def select(options: int, kind: str = "static_select") -> Json:
    offered = [{"text": plain(1), "value": str(number)} for number in range(options)]
    return {"type": "actions", "elements": [{"type": kind, "action_id": "a", "options": offered}]}


def confirm(**more: Any) -> Json:
    return actions(confirm={"title": plain(1), "text": plain(1)} | more)


def field(length: int) -> Json:
    return {"type": "section", "fields": [plain(length)]}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain(3), "blocks": []} | more


JUST_AND_ONE_MORE = {
    "50 blocks": ([section(1)] * 50, [section(1)] * 51),
    "section 3000": ([section(3000)], [section(3001)]),
    "field 2000": ([field(2000)], [field(2001)]),
    "10 fields": (
        [{"type": "section", "fields": [plain(1)] * 10}],
        [{"type": "section", "fields": [plain(1)] * 11}],
    ),
    "header 150": ([{"type": "header", "text": plain(150)}], [{"type": "header", "text": plain(151)}]),
    "button text 75": ([actions(text=plain(75))], [actions(text=plain(76))]),
    "button value 2000": ([actions(value="x" * 2000)], [actions(value="x" * 2001)]),
    "action_id 255": ([actions(action_id="x" * 255)], [actions(action_id="x" * 256)]),
    "block_id 255": ([section(1) | {"block_id": "x" * 255}], [section(1) | {"block_id": "x" * 256}]),
    "25 elements": ([actions(25)], [actions(26)]),
    "10 in a context": (
        [{"type": "context", "elements": [plain(1)] * 10}],
        [{"type": "context", "elements": [plain(1)] * 11}],
    ),
    "100 options": ([select(100)], [select(101)]),
    "10 checkboxes": ([select(10, "checkboxes")], [select(11, "checkboxes")]),
    "5 in an overflow": ([select(5, "overflow")], [select(6, "overflow")]),
    "confirm title 100": ([confirm(title=plain(100))], [confirm(title=plain(101))]),
    "confirm text 300": ([confirm(text=plain(300))], [confirm(text=plain(301))]),
    "confirm button 30": ([confirm(confirm=plain(30))], [confirm(confirm=plain(31))]),
    "block_ids differ": (
        [section(1) | {"block_id": "a"}, section(1) | {"block_id": "b"}],
        [section(1) | {"block_id": "a"}, section(1) | {"block_id": "a"}],
    ),
    "a known block": ([{"type": "divider"}], [{"type": "fireworks"}]),
    "some text": ([section(1)], [section(0)]),
    "a known style": ([actions(style="danger")], [actions(style="loud")]),
    "a plain header": (
        [{"type": "header", "text": plain(1)}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    ),
}

VIEWS = {
    "title 24": (modal(title=plain(24)), modal(title=plain(25))),
    "submit 24": (modal(submit=plain(24)), modal(submit=plain(25))),
    "close 24": (modal(close=plain(24)), modal(close=plain(25))),
    "a title": (modal(), {"type": "modal", "blocks": []}),
    "private_metadata 3000": (modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001)),
    "callback_id 255": (modal(callback_id="x" * 255), modal(callback_id="x" * 256)),
    "100 blocks": (modal(blocks=[section(1)] * 100), modal(blocks=[section(1)] * 101)),
    "a submit button for inputs": (
        modal(submit=plain(1), blocks=[{"type": "input", "label": plain(1), "element": {"type": "plain_text_input"}}]),
        modal(blocks=[{"type": "input", "label": plain(1), "element": {"type": "plain_text_input"}}]),
    ),
    "a known kind": (modal(), modal(type="window")),
}


@pytest.mark.parametrize(("good", "bad"), JUST_AND_ONE_MORE.values(), ids=JUST_AND_ONE_MORE.keys())
def test_a_message_is_refused_beyond_the_limit(good: list[Json], bad: list[Json]) -> None:
    assert message_problems(good) == []
    assert message_problems(bad)


@pytest.mark.parametrize(("good", "bad"), VIEWS.values(), ids=VIEWS.keys())
def test_a_view_is_refused_beyond_the_limit(good: Json, bad: Json) -> None:
    assert view_problems(good) == []
    assert view_problems(bad)


def test_the_problem_names_its_place() -> None:
    [problem] = message_problems([section(1), section(3001)])
    assert problem == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
