"""The things of the Slack stand-in (people, channels, messages, views) and the usual cast."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

TEAM = "T_OPTERRE"
OTHER_TEAM = "T_ELSEWHERE"
APP = "A_RIGHTSDESK"
BOT = "U_RIGHTSDESK"
BOT_ID = "B_RIGHTSDESK"
OLGA, IVAN, GUEST, GONE, STRANGER, ROBOT = "U_OLGA", "U_IVAN", "U_GUEST", "U_GONE", "U_STRANGER", "U_ROBOT"
ANNA = "U_ANNA"
DESK, HELP = "C_DESK", "C_HELP"


@dataclass
class User:
    """A member, or someone who is less than that; the flags are those of users.info."""

    id: str
    name: str
    real_name: str
    email: str = ""
    team: str = TEAM
    deleted: bool = False
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    tz: str = "Europe/Berlin"
    locale: str = "en-US"

    def as_slack(self) -> Json:
        profile = {"real_name": self.real_name, "display_name": self.name, "team": self.team}
        if self.email and not self.is_stranger:
            profile["email"] = self.email
        user: Json = {"id": self.id, "team_id": self.team, "name": self.name, "real_name": self.real_name}
        user |= {"deleted": self.deleted, "is_bot": self.is_bot, "is_app_user": False, "profile": profile}
        if self.deleted:
            return user
        user |= {"is_admin": self.is_admin, "is_owner": False, "is_primary_owner": False}
        user |= {"is_restricted": self.is_restricted, "is_ultra_restricted": self.is_ultra_restricted}
        user |= {"tz": self.tz, "tz_offset": 3600, "locale": self.locale}
        return user | ({"is_stranger": True} if self.is_stranger else {})


@dataclass
class Message:
    """`thread_ts` is the parent's ts in replies, else None; `only_for` names the one user who sees an ephemeral one."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    only_for: str | None = None
    edited: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_bot(self) -> bool:
        return self.user == BOT

    def as_slack(self, *, metadata: bool = False) -> Json:
        """A copy in the shape of conversations.history."""
        shape: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": TEAM}
        if self.is_bot:
            shape |= {"bot_id": BOT_ID, "app_id": APP}
        if self.blocks:
            shape["blocks"] = deepcopy(self.blocks)
        if self.thread_ts:
            shape["thread_ts"] = self.thread_ts
        if self.edited:
            shape["edited"] = {"user": self.user, "ts": self.ts}
        if self.reactions:
            shape["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)} for name, users in self.reactions.items()
            ]
        if metadata and self.metadata:
            shape["metadata"] = deepcopy(self.metadata)
        return shape


@dataclass
class Channel:
    """`members` are user ids; `shared` means Slack Connect."""

    id: str
    name: str
    members: set[str]
    is_im: bool = False
    is_private: bool = False
    is_archived: bool = False
    shared: bool = False
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """As in the `channel_type` of events."""
        return "im" if self.is_im else "group" if self.is_private else "channel"

    def as_slack(self) -> Json:
        shape: Json = {
            "id": self.id,
            "is_im": self.is_im,
            "is_archived": self.is_archived,
            "is_member": BOT in self.members,
        }
        if self.is_im:
            return shape | {"user": next(iter(self.members - {BOT}), "")}
        shape |= {"name": self.name, "is_channel": not self.is_private, "is_group": self.is_private}
        return shape | {"is_private": self.is_private, "is_ext_shared": self.shared, "num_members": len(self.members)}

    def thread(self, ts: str) -> list[Message]:
        """The parent and its replies, oldest first."""
        return [message for message in self.messages.values() if ts in (message.ts, message.thread_ts)]


@dataclass
class View:
    """A modal one user has open, or their App Home. `errors` (block_id to text) are shown under its fields."""

    id: str
    user: str
    content: Json
    hash: str
    root: str
    previous: str | None = None
    errors: Json = field(default_factory=dict)

    @property
    def is_home(self) -> bool:
        return bool(self.content["type"] == "home")

    def as_slack(self, values: Json | None = None) -> Json:
        shape = deepcopy(self.content)
        for key, default in (("private_metadata", ""), ("callback_id", ""), ("external_id", "")):
            shape.setdefault(key, default)
        for key in ("submit", "close"):
            shape.setdefault(key, None)
        shape.setdefault("clear_on_close", False)
        shape.setdefault("notify_on_close", False)
        shape |= {"id": self.id, "team_id": TEAM, "hash": self.hash, "app_id": APP, "bot_id": BOT_ID}
        shape |= {"root_view_id": self.root, "previous_view_id": self.previous, "app_installed_team_id": TEAM}
        return shape | {"state": {"values": values or {}}}


def usual_people() -> list[User]:
    return [
        User(BOT, "rightsdesk", "Rightsdesk", is_bot=True),
        User(OLGA, "olga", "Olga Berg", "olga@opterre.example", is_admin=True),
        User(IVAN, "ivan", "Ivan Roth", "ivan@opterre.example"),
        User(GUEST, "gus", "Gus Guest", "gus@agency.example", is_restricted=True),
        User(GONE, "nora", "Nora Gone", "nora@opterre.example", deleted=True),
        User(STRANGER, "sam", "Sam Stranger", "sam@elsewhere.example", team=OTHER_TEAM, is_stranger=True),
        User(ROBOT, "robot", "Another Robot", is_bot=True),
        User(ANNA, "anna", "Anna Kundin", "anna@kundin.example", is_restricted=True, is_ultra_restricted=True),
    ]


def usual_channels() -> list[Channel]:
    return [
        Channel(DESK, "privacy-desk", {BOT, OLGA, IVAN, GUEST}),
        Channel(HELP, "help", {BOT, OLGA, ANNA, STRANGER}, shared=True),
    ]
