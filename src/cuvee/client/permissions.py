"""The client's methods for permissions."""

from __future__ import annotations

from typing import Any

from cuvee.api import permissions as api
from cuvee.client.base import Calls


class PermissionCalls(Calls):
    """Who may do what; an object is ``experiment:7``, ``model:wine`` or ``folder:team/``."""

    def grant_permission(
        self,
        object: str,  # noqa: A002  # the field's name in the protocol
        permission: api.LevelName,
        *,
        user: str = "",
        group: str = "",
        stage: str = "",
        comment: str = "",
    ) -> None:
        """Give a user or a group a level, such as ``CAN_EDIT``, on an object.

        Args:
            object: what; ``folder:`` is everything.
            permission: the level.
            user: whom; or ``group``.
            group: whom; ``everyone`` is all users.
            stage: for moves in and out of this stage only.
            comment: why, for the history.
        """
        op = api.GrantPermission(
            object=object,
            permission=permission,
            user=user,
            group=group,
            stage=stage,
            comment=comment,
        )
        self.do_registry(op)

    def revoke_permission(
        self,
        object: str,  # noqa: A002
        *,
        user: str = "",
        group: str = "",
        stage: str = "",
        comment: str = "",
    ) -> None:
        """Take back what a user or a group was given on an object itself."""
        op = api.RevokePermission(
            object=object, user=user, group=group, stage=stage, comment=comment
        )
        self.do_registry(op)

    def list_permissions(
        self,
        object: str = "",  # noqa: A002
        *,
        user: str = "",
        group: str = "",
    ) -> list[api.Grant]:
        """Return the grants on an object and its folders, or those of a user or group."""
        op = api.ListPermissions(object=object, user=user, group=group)
        return self.do_registry(op).grants

    def explain_permission(
        self,
        object: str,  # noqa: A002
        permission: api.LevelName = "CAN_READ",
        *,
        user: str = "",
        stage: str = "",
    ) -> api.Explanation:
        """Return why a user, by default oneself, has or lacks a level on an object."""
        fields: dict[str, Any] = {"object": object, "user": user, "stage": stage}
        return self.do_registry(api.ExplainPermission(permission=permission, **fields))
