"""What the registry holds, as the events alone tell it: models, folders, versions, aliases."""

from __future__ import annotations

from typing import Any

ACTIONS = (
    "model.created",
    "model.renamed",
    "model.moved",
    "model.deleted",
    "model.alias_set",
    "model.alias_deleted",
    "version.created",
    "version.transitioned",
    "version.deleted",
)
"""The events that ``Registry`` follows."""


class Registry:
    """The registry, built up from its events."""

    def __init__(self) -> None:
        self.stages: dict[str, dict[int, str]] = {}
        """Model -> version -> stage."""
        self.aliases: dict[str, dict[str, int]] = {}
        """Model -> alias -> version."""
        self.folders: dict[str, str] = {}
        """Model -> its folder; empty if in none."""

    def apply(
        self, action: str, subject: str, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        """Follow one event; they come in order."""
        name = subject.partition(":")[2]
        verb = action.partition(".")[2]
        if action.startswith("version."):
            name, _, number = name.rpartition("/")
            self._version(verb, name, int(number), after)
        elif verb == "renamed":
            old = str(before["name"])
            self.stages[name] = self.stages.pop(old, {})
            self.aliases[name] = self.aliases.pop(old, {})
            self.folders[name] = self.folders.pop(old, "")
        elif verb == "moved":
            self.folders[name] = str(after.get("folder", ""))
        elif verb == "alias_set":
            self.aliases.setdefault(name, {}).update({k: int(v) for k, v in after.items()})
        elif verb == "alias_deleted":
            for alias in before:
                self.aliases.get(name, {}).pop(alias, None)
        else:  # created or deleted: nothing of an older model of this name is left
            self.stages.pop(name, None)
            self.aliases.pop(name, None)
            self.folders.pop(name, None)
            if verb == "created":
                self.folders[name] = str(after.get("folder", ""))
                self.stages[name], self.aliases[name] = {}, {}

    def _version(self, verb: str, name: str, number: int, after: dict[str, Any]) -> None:
        versions = self.stages.setdefault(name, {})
        if verb == "deleted":
            versions.pop(number, None)
            held = self.aliases.get(name, {})
            self.aliases[name] = {alias: n for alias, n in held.items() if n != number}
        else:
            versions[number] = str(after.get("stage", "None"))

    def differences(self, other: Registry) -> list[str]:
        """Say where another registry, as the tables hold it, is not this one."""
        found: list[str] = []
        for name in sorted(self.stages.keys() | other.stages.keys()):
            if name not in other.stages or name not in self.stages:
                where = "log" if name in self.stages else "registry"
                found.append(f"model {name} is only in the {where}")
                continue
            kinds: list[tuple[str, dict[Any, Any], dict[Any, Any]]] = [
                ("version", self.stages[name], other.stages[name]),
                ("alias", self.aliases.get(name, {}), other.aliases.get(name, {})),
            ]
            place, by_log = other.folders.get(name, ""), self.folders.get(name, "")
            if place != by_log:
                found.append(f"the folder of {name} is {place!r}, and by the log {by_log!r}")
            for what, mine, theirs in kinds:
                for key in sorted(mine.keys() | theirs.keys()):
                    told, held = mine.get(key, "not there"), theirs.get(key, "not there")
                    if told != held:
                        found.append(f"{what} {key} of {name} is {held}, and by the log {told}")
        return found
