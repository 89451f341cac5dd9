"""The shapes in which Slack tells an app what people did."""

import re
from collections.abc import Mapping
from typing import Any

from bot.demo.servers.slack_limits import elements, options_of
from bot.demo.servers.slack_things import APP, BOT, OTHER_TEAM, TEAM, Channel, Json, Message, User

_LINK = re.compile(r"(?P<url>https?://[^\s<>|]+)|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_ONE = {"static_select", "external_select", "radio_buttons", "overflow"}
_MANY = {"multi_static_select", "multi_external_select", "checkboxes"}
_FIELD = {
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}


def as_typed(text: str, users: Mapping[str, User]) -> str:
    """What an app gets to see of what a person types: `& < >` escaped, addresses, links and @names made references."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def link(found: re.Match[str]) -> str:
        if mail := found["mail"]:
            return f"<mailto:{mail}|{mail}>"
        return f"<{found['url']}>"

    text = _LINK.sub(link, text)
    for user in users.values():
        text = re.sub(rf"(?<![\w.@|+-])@{re.escape(user.name)}\b", f"<@{user.id}>", text)
    return text


def event_callback(event: Json, event_id: str, at: int, place: Channel | None = None) -> Json:
    """`at` in seconds since 1970."""
    authorization = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}
    return {
        "token": "town",
        "team_id": TEAM,
        "api_app_id": APP,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": at,
        "event": event,
        "authorizations": [authorization | {"is_enterprise_install": False}],
        "is_ext_shared_channel": place is not None and place.shared,
    }


def message_event(message: Message, author: User, place: Channel) -> Json:
    event = message.as_slack() | {"channel": place.id, "channel_type": place.kind, "event_ts": message.ts}
    event |= {"team": author.team, "client_msg_id": f"town-{message.ts}"}
    if author.team != TEAM:
        event |= {"user_team": author.team, "source_team": OTHER_TEAM}
    return event


def interaction(kind: str, user: User, trigger_id: str) -> Json:
    return {
        "type": kind,
        "token": "town",
        "api_app_id": APP,
        "team": {"id": TEAM, "domain": "opterre"},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": trigger_id,
    }


def action(block: Json, element: Json, value: Any, at: str) -> Json:
    """One entry of `actions`; `value` None means what the element itself carries."""
    shape = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    shape["action_ts"] = at
    if element["type"] != "button":
        return shape | state_of(element, value)
    shape["text"] = element["text"]
    carried = element.get("value") if value is None else value
    if carried is not None:
        shape["value"] = carried
    return shape | ({"style": element["style"]} if "style" in element else {})


def state_of(element: Json, value: Any) -> Json:
    """The state of an element after a person put in `value` (None: its initial state).

    Options are named by their value. Raises LookupError where the element does not offer such an option.
    """
    kind = element["type"]
    if kind in _ONE:
        return {"type": kind, "selected_option": _option(element, value) or element.get("initial_option")}
    if kind in _MANY:
        chosen = element.get("initial_options", []) if value is None else [_option(element, one) for one in value]
        return {"type": kind, "selected_options": chosen}
    name, initial = _FIELD.get(kind, ("value", "initial_value"))
    return {"type": kind, name: element.get(initial) if value is None else value}


def state_values(blocks: list[Json], entered: Mapping[str, Any]) -> Json:
    """`state.values` of a view: `entered` maps a block_id or an action_id to what the person put in.

    Raises LookupError for an entry that fits no element.
    """
    values: Json = {}
    unused = set(entered)
    for block, element in elements(blocks):
        if element["type"] == "button":
            continue
        keys = [key for key in (block["block_id"], element["action_id"]) if key in entered]
        unused -= set(keys)
        value = entered[keys[0]] if keys else None
        values.setdefault(block["block_id"], {})[element["action_id"]] = state_of(element, value)
    if unused:
        raise LookupError(f"the form has no field {sorted(unused)}")
    return values


def missing_fields(blocks: list[Json], values: Json) -> list[str]:
    """The block_ids of inputs that Slack's own form would not let a person leave empty."""
    missing = []
    for block in blocks:
        if block["type"] != "input" or block.get("optional"):
            continue
        state = values[block["block_id"]][block["element"]["action_id"]]
        if not any(content for key, content in state.items() if key != "type"):
            missing.append(block["block_id"])
    return missing


def _option(element: Json, value: Any) -> Json | None:
    if value is None:
        return None
    for option in options_of(element):
        if option.get("value") == value:
            return option
    raise LookupError(f"{element['action_id']} offers no {value!r}")
