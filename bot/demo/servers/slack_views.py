"""The views methods of the Slack stand-in: modals, the App Home, and the triggers that modals need."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.servers.slack_errors import ApiError, found, required
from bot.demo.servers.slack_limits import view_problems
from bot.demo.servers.slack_things import TEAM, Json, View
from bot.demo.servers.slack_world import World

TRIGGER_SECONDS = 3.0


@dataclass
class Trigger:
    """The right to open one modal for `user`, within 3 seconds of `born` (by `ViewMethods.seconds`)."""

    user: str
    born: float
    used: bool = False


class ViewMethods:
    """`table` maps the method's name to what does it; `seconds` is the clock of the triggers."""

    def __init__(self, world: World, seconds: Callable[[], float]) -> None:
        self.world = world
        self.seconds = seconds
        self.triggers: dict[str, Trigger] = {}
        self.table: dict[str, Callable[[Json], Json]] = {
            "views.open": self.views_open,
            "views.push": self.views_push,
            "views.update": self.views_update,
            "views.publish": self.views_publish,
        }

    def new_trigger(self, user: str) -> str:
        trigger_id = f"{self.world.number('')}.{TEAM}.{self.world.number('t')}"
        self.triggers[trigger_id] = Trigger(user, self.seconds())
        return trigger_id

    def views_open(self, args: Json) -> Json:
        content = _checked_view(args, "modal")
        user = self._triggered(args)
        if self.world.modals.get(user):
            self.world.close(self.world.modals[user][0], all_of_them=True)
        return self._shown(user, content)

    def views_push(self, args: Json) -> Json:
        content = _checked_view(args, "modal")
        user = self._triggered(args)
        if not self.world.modals.get(user):
            raise ApiError("not_found")
        if len(self.world.modals[user]) >= 3:
            raise ApiError("push_limit_reached")
        return self._shown(user, content)

    def views_update(self, args: Json) -> Json:
        content = _checked_view(args, None)
        view = found(lambda: self.world.view(args.get("view_id") or args.get("external_id") or ""), "not_found")
        _check_hash(args, view)
        self.world.replace(view, content)
        return {"view": view.as_slack()}

    def views_publish(self, args: Json) -> Json:
        content = _checked_view(args, "home")
        user = required(args, "user_id")
        if user not in self.world.users:
            raise ApiError("user_not_found")
        if home := self.world.homes.get(user):
            _check_hash(args, home)
        return {"view": self.world.show(user, content).as_slack()}

    def _shown(self, user: str, content: Json) -> Json:
        if external := content.get("external_id"):
            known = any(external == view.content.get("external_id") for view in self.world.modals.get(user, []))
            if known:
                raise ApiError("duplicate_external_id")
        return {"view": self.world.show(user, content).as_slack()}

    def _triggered(self, args: Json) -> str:
        """Uses the trigger up; the view was found good before."""
        trigger = self.triggers.get(required(args, "trigger_id"))
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self.seconds() - trigger.born > TRIGGER_SECONDS:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger.user


def _checked_view(args: Json, kind: str | None) -> Json:
    view = args.get("view")
    problems = view_problems(view)
    if problems or not isinstance(view, dict):
        raise ApiError("invalid_arguments", problems)
    if kind not in (None, view["type"]):
        raise ApiError("invalid_arguments", [f"[ERROR] must be a {kind} [json-pointer:/view/type]"])
    return view


def _check_hash(args: Json, view: View) -> None:
    if args.get("hash") not in (None, view.hash):
        raise ApiError("hash_conflict")
