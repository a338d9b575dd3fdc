"""The client's methods for users, groups and tokens."""

from __future__ import annotations

from collections.abc import Sequence

from cuvee.api import groups, tokens, users
from cuvee.client.base import Calls


class UserCalls(Calls):
    """Users, groups and tokens; ``comment`` is the reason that the history keeps."""

    def whoami(self) -> users.Whoami:
        """Return who the server takes the caller for."""
        return self.do(users.WhoAmI())

    def create_user(
        self,
        username: str,
        password: str = "",
        *,
        is_admin: bool = False,
        kind: users.UserKind = "person",
        comment: str = "",
    ) -> users.User:
        """Create a user; a service account (``kind="service"``) needs no password."""
        op = users.CreateUser(
            username=username, password=password, is_admin=is_admin, kind=kind, comment=comment
        )
        return self.do(op).user

    def get_user(self, username: str) -> users.User:
        """Return one user."""
        return self.do(users.GetUser(username=username)).user

    def list_users(self) -> list[users.User]:
        """Return the users by name."""
        return self.do(users.ListUsers()).users

    def update_user_password(
        self,
        username: str,
        password: str,
        current_password: str | None = None,
        *,
        comment: str = "",
    ) -> None:
        """Set a password; one's own needs the current one too."""
        op = users.UpdateUserPassword(
            username=username,
            password=password,
            current_password=current_password or "",
            comment=comment,
        )
        self.do(op)

    def update_user_admin(self, username: str, is_admin: bool, *, comment: str = "") -> None:
        """Make a user an admin, or no longer one."""
        self.do(users.UpdateUserAdmin(username=username, is_admin=is_admin, comment=comment))

    def deactivate_user(self, username: str, *, comment: str = "") -> None:
        """Refuse a user's logins from the next request on."""
        self.do(users.DeactivateUser(username=username, comment=comment))

    def activate_user(self, username: str, *, comment: str = "") -> None:
        """Let a deactivated or deleted user log in again."""
        self.do(users.ActivateUser(username=username, comment=comment))

    def delete_user(self, username: str, *, comment: str = "") -> None:
        """End a user's access for good; the name stays taken."""
        self.do(users.DeleteUser(username=username, comment=comment))

    def create_group(self, name: str, description: str = "", *, comment: str = "") -> groups.Group:
        """Create a group."""
        op = groups.CreateGroup(name=name, description=description, comment=comment)
        return self.do(op).group

    def get_group(self, name: str) -> groups.Group:
        """Return a group and its members."""
        return self.do(groups.GetGroup(name=name)).group

    def list_groups(self) -> list[groups.Group]:
        """Return the groups by name."""
        return self.do(groups.ListGroups()).groups

    def update_group(
        self,
        name: str,
        *,
        new_name: str | None = None,
        description: str | None = None,
        comment: str = "",
    ) -> groups.Group:
        """Rename a group or describe it anew."""
        op = groups.UpdateGroup(
            name=name, new_name=new_name, description=description, comment=comment
        )
        return self.do(op).group

    def delete_group(self, name: str, *, comment: str = "") -> None:
        """Delete a group with what its members may do through it."""
        self.do(groups.DeleteGroup(name=name, comment=comment))

    def add_member(self, group: str, username: str, *, comment: str = "") -> None:
        """Add a user to a group."""
        self.do(groups.AddMember(name=group, username=username, comment=comment))

    def remove_member(self, group: str, username: str, *, comment: str = "") -> None:
        """Take a user out of a group."""
        self.do(groups.RemoveMember(name=group, username=username, comment=comment))

    def create_token(
        self,
        name: str,
        username: str | None = None,
        *,
        scopes: Sequence[tokens.Scope] = (),
        lifetime_days: int = 90,
        comment: str = "",
    ) -> tokens.NewToken:
        """Create a token for oneself, or as an admin for a service account.

        Args:
            name: what it is for.
            username: whose it is; the caller's when absent.
            scopes: ``read``, ``tracking``, ``registry``; none for all that the user may.
            lifetime_days: days until it ends.
            comment: why.
        """
        op = tokens.CreateToken(
            name=name,
            username=username or "",
            scopes=list(scopes),
            lifetime_days=lifetime_days,
            comment=comment,
        )
        return self.do(op)

    def list_tokens(self, username: str | None = None) -> list[tokens.Token]:
        """Return one's own tokens, or as an admin those of a user or (``*``) of all."""
        return self.do(tokens.ListTokens(username=username or "")).tokens

    def revoke_token(self, token_id: str, *, comment: str = "") -> None:
        """End a token from the next request on."""
        self.do(tokens.RevokeToken(token_id=token_id, comment=comment))
