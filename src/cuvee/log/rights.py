"""Who may do what, and by which policies, as the events alone tell it.

Users, groups, tokens and grants depend on each other (who is deleted loses what they had), so they
are followed together, in the order of the events. Policies go with their models' names.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any, NamedTuple

from cuvee.log.replay import UNKNOWN, Told

LOGINS = ("password", "token", "session")
"""How an event's actor is known who is a user, and so gets CAN_MANAGE on what they make."""

Holder = tuple[str, str]
"""``user`` or ``group``, and the name."""


def trace(stored: str) -> str:
    """Return what events keep of the stored hash of a password or a token.

    It tells whether the hash was exchanged. The hash itself, with its salt, does not follow from
    it, so that guesses cannot be tried on it.
    """
    return hashlib.sha256(stored.encode()).hexdigest() if stored else ""


class Rights:
    """Users, groups, tokens and grants, built up from their events."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        """Descriptions and members, as fields."""
        self.tokens: dict[str, dict[str, Any]] = {}
        self.grants: dict[str, dict[tuple[Holder, str], Any]] = defaultdict(dict)
        """Object -> whose and for which stage -> level."""
        self._granted: dict[Holder, set[str]] = defaultdict(set)

    def apply(self, event: Told) -> None:
        """Follow an event; they come in order."""
        noun, _, name = event.subject.partition(":")
        kind = event.action.partition(".")[0]
        if kind == "permission":
            self._permission(event)
        elif kind in ("model", "experiment"):
            self._object(event, f"{noun}:{name}")
        elif kind == "user":
            self._user(event, name)
        elif kind == "group":
            self._group(event, name)
        elif kind == "token":
            self._token(event, name)

    def _permission(self, event: Told) -> None:
        given = event.after or event.before
        kind = "user" if "user" in given else "group"
        holder = (kind, str(given[kind]))
        self._give(event.subject, holder, str(given.get("stage", "")), event.after or None)

    def _give(self, thing: str, holder: Holder, stage: str, given: Any) -> None:
        if given is None:
            self.grants[thing].pop((holder, stage), None)
        else:
            self.grants[thing][holder, stage] = given["permission"]
            self._granted[holder].add(thing)

    def _object(self, event: Told, thing: str) -> None:
        if event.verb == "renamed":
            self._rename_object(f"model:{event.before['name']}", thing)
            return
        for holder, _ in self.grants.pop(thing, {}):
            self._granted[holder].discard(thing)
        if event.verb == "created" and event.via.partition(":")[0] in LOGINS:
            self._give(thing, ("user", event.actor), "", {"permission": "CAN_MANAGE"})

    def _rename_object(self, old: str, new: str) -> None:
        for (holder, stage), level in self.grants.pop(old, {}).items():
            self._granted[holder].discard(old)
            self._give(new, holder, stage, {"permission": level})

    def _user(self, event: Told, name: str) -> None:
        verb = event.verb
        if verb == "created":
            fields = {field: event.get(field) for field in ("kind", "admin", "password_digest")}
            self.users[name] = {**fields, "active": 1}
            return
        held = self.users.get(name, {})  # of one that no event has made, nothing is told
        if verb == "admin_set":
            held["admin"] = event.get("admin")
        elif verb == "password_set":
            held["password_digest"] = event.get("password_digest")
        elif verb == "deleted":
            held |= {"active": -1, "admin": False, "password_digest": ""}
            self._forget(("user", name))
            for fields in self.groups.values():
                fields.pop(f"member {name!r}", None)
            for fields in self.tokens.values():
                if fields["user"] == name:
                    fields["revoked"] = True
        else:
            held["active"] = int(verb == "activated")

    def _forget(self, holder: Holder) -> None:
        for thing in self._granted.pop(holder, ()):
            kept = self.grants[thing]
            for key in [key for key in kept if key[0] == holder]:
                del kept[key]

    def _group(self, event: Told, name: str) -> None:
        verb = event.verb
        if verb == "created":
            self.groups[name] = {"description": event.get("description")}
        elif verb == "updated":
            old = str(event.before["name"])
            if old in self.groups:
                self.groups[name] = self.groups.pop(old)
                self.groups[name]["description"] = event.get("description")
            for thing in self._granted.pop(("group", old), set()) if old != name else ():
                kept = self.grants[thing]
                for key in [key for key in kept if key[0] == ("group", old)]:
                    self._give(thing, ("group", name), key[1], {"permission": kept.pop(key)})
        elif verb == "deleted":
            self.groups.pop(name, None)
            self._forget(("group", name))
        else:
            member = f"member {(event.after or event.before)['user']!r}"
            members = self.groups.get(name, {})
            if verb == "member_added":
                members[member] = True
            else:
                members.pop(member, None)

    def _token(self, event: Told, name: str) -> None:
        if event.verb == "created":
            fields = {field: event.get(field) for field in ("user", "name", "expires", "digest")}
            scopes = " ".join(event.after.get("scopes", []))
            self.tokens[name] = {**fields, "scopes": scopes, "revoked": False}
        elif name in self.tokens:
            self.tokens[name]["revoked"] = True

    def told(self) -> dict[str, dict[str, Any]]:
        """Return the fields of all users, groups, tokens and objects with grants."""
        found = {f"user:{name}": fields for name, fields in self.users.items()}
        found |= {f"group:{name}": fields for name, fields in self.groups.items()}
        found |= {f"token:{name}": fields for name, fields in self.tokens.items()}
        for thing, given in self.grants.items():
            if given:
                found[thing] = {grant_field(*key): level for key, level in given.items()}
        return found


def grant_field(holder: Holder, stage: str) -> str:
    """Return how a grant is named among the fields of what it is on."""
    return f"level of {holder[0]} {holder[1]!r}" + (f" for {stage}" if stage else "")


class Document(NamedTuple):
    """A version of a scope's policy.

    Args:
        digest: empty where it takes the policy away.
        user_id: who put it there.
        created: when.
        gone: 1 where a model has left its name; what stands before is about another one.
    """

    digest: str
    user_id: str
    created: int
    gone: int = 0


class Policies:
    """The policies of all scopes, built up from their events."""

    def __init__(self) -> None:
        self.scopes: dict[str, list[Document]] = defaultdict(list)

    def apply(self, event: Told, everything: str) -> None:
        """Follow an event; they come in order.

        Args:
            event: the event.
            everything: what events call the scope that holds all models.
        """
        noun, _, name = event.subject.partition(":")
        if noun == "policy":
            scope = "" if name == everything else name
            applied = event.verb == "applied"
            digest = event.get("digest") if applied else ""
            self._append(scope, "" if digest is UNKNOWN else str(digest), event)
        elif event.verb == "deleted":
            self._drop(name, event)
        elif event.verb == "renamed":
            digest = self._drop(str(event.before["name"]), event)
            if digest:
                self._append(name, digest, event)

    def _append(self, scope: str, digest: str, event: Told, gone: int = 0) -> None:
        self.scopes[scope].append(Document(digest, event.actor, event.time, gone))

    def _drop(self, scope: str, event: Told) -> str:
        """Follow a model that leaves its name, and return the digest of its policy."""
        held = self.scopes[scope][-1] if self.scopes.get(scope) else Document("", "", 0, 1)
        if not held.gone:
            self._append(scope, "", event, 1)
        return held.digest

    def told(self, everything: str) -> dict[str, dict[str, Any]]:
        """Return the fields of all policies."""
        return {
            f"policy:{scope or everything}": {
                f"version {number} {field}": getattr(document, field)
                for number, document in enumerate(documents, 1)
                for field in Document._fields
            }
            for scope, documents in self.scopes.items()
            if documents
        }
