"""Users, groups and tokens from the command line, on a database and on a server with a login."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.base import Store
from cuvee.api.users import CreateUser, WhoAmI
from cuvee.client.connect import close_all
from refusals.served import Site

Command = Callable[..., Any]

PASSWORD = "correct horse battery"
OTHER = "staple of another stack"


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that puts text on standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.fixture
def ann(cuvee: Command, store: Store, type_in: Callable[[str], None]) -> Store:
    """A store with its first admin, made by the command."""
    type_in(PASSWORD + "\n")
    said = cuvee("user", "create", "ann", "--password-stdin")
    assert (said.status, said.out) == (0, "Created the admin ann.\n")
    return store


@pytest.mark.usefixtures("ann")
def test_users_are_created_changed_and_listed(
    cuvee: Command, type_in: Callable[[str], None]
) -> None:
    assert cuvee("user", "create", "bot", "--service", "--json").json["kind"] == "service"
    assert "Deactivate" not in cuvee("user", "deactivate", "bot").out
    assert cuvee("user", "show", "bot", "--json").json["active"] is False
    assert cuvee("user", "activate", "bot").status == 0
    assert cuvee("user", "admin", "bot", "on").out == "bot is an admin now.\n"
    assert cuvee("user", "admin", "bot", "off").status == 0
    type_in(OTHER + "\n")
    assert cuvee("user", "set-password", "ann", "--password-stdin").status == 0
    assert cuvee("user", "delete", "bot", "--comment", "gone").status == 0
    assert [u["username"] for u in cuvee("user", "list", "--json").json] == ["ann"]
    assert re.search(r"ann +person +yes +yes", cuvee("user", "list").out)
    assert "admin    yes" in cuvee("user", "show", "ann").out
    said = cuvee("user", "show", "bot")
    assert (said.status, said.out) == (1, "")
    assert "not found" in said.err


@pytest.mark.usefixtures("store")
def test_a_weak_password_is_refused_and_not_repeated(
    cuvee: Command, type_in: Callable[[str], None]
) -> None:
    type_in("hunter2\n")
    said = cuvee("user", "create", "ann", "--password-stdin")
    assert said.status == 1
    assert "12 to 1024 characters" in said.err
    assert "hunter2" not in said.err


@pytest.mark.usefixtures("ann")
def test_groups_have_members(cuvee: Command) -> None:
    assert cuvee("group", "create", "risk", "--description", "approves").status == 0
    assert cuvee("group", "add", "risk", "ann").out == "ann: in risk.\n"
    assert cuvee("group", "rename", "risk", "risks").status == 0
    assert cuvee("group", "show", "risks", "--json").json["members"] == ["ann"]
    assert re.search("members +ann", cuvee("group", "show", "risks").out)
    assert "approves" in cuvee("group", "list").out
    assert cuvee("group", "remove", "risks", "ann").status == 0
    assert cuvee("group", "delete", "risks").status == 0
    assert cuvee("group", "list", "--json").json == []


@pytest.mark.usefixtures("ann")
def test_a_token_is_printed_alone_on_standard_output(cuvee: Command) -> None:
    said = cuvee("token", "create", "ci", "--user", "ann", "--scope", "read", "--days", "7")
    assert re.fullmatch(r"cuvee_[0-9a-f]{16}_[\w-]{43}\n", said.out)
    token_id = said.out.split("_")[1]
    assert "not shown again" in said.err
    listed = cuvee("token", "list", "--user", "ann")
    assert re.search(rf"{token_id} +ann +ci +read", listed.out)
    assert said.out.strip() not in listed.out
    assert cuvee("token", "revoke", token_id).status == 0
    assert cuvee("token", "list", "--user", "*", "--json").json[0]["revoked"] > 0
    made = cuvee("token", "create", "ci", "--user", "ann", "--json").json
    assert made["secret"].startswith(f"cuvee_{made['token']['token_id']}")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A server that nobody has set up."""
    found = Site(f"sqlite:///{tmp_path}/served.db", tmp_path, "--login")
    yield found
    close_all()
    found.close()


def test_the_first_admin_of_a_server_is_set_up_from_afar(
    cuvee: Command,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    type_in: Callable[[str], None],
) -> None:
    uri = f"http://127.0.0.1:{site.port}"
    monkeypatch.setenv("CUVEE_TRACKING_URI", uri)
    said = cuvee("user", "list")
    assert said.status == 1
    assert "cuvee user setup" in said.err
    found = re.search(r"--token (\S+) --tracking-uri (\S+)", "".join(site.log))
    assert found
    assert found[2] == uri
    type_in(PASSWORD)
    said = cuvee("user", "setup", "ann", "--token", found[1], "--password-stdin")
    assert (said.status, said.out) == (0, "Created the admin ann.\n")
    assert "asks for a login" in cuvee("user", "list").err
    close_all()
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ann")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
    assert "known by  password" in cuvee("user", "whoami").out
    type_in(OTHER)
    assert cuvee("user", "set-password", "ann", "--password-stdin").status == 0
    assert "wrong" in cuvee("user", "list").err
    close_all()
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", OTHER)
    token = cuvee("token", "create", "laptop").out.strip()
    close_all()
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
    assert cuvee("user", "whoami", "--json").json["via"] == "token"


def test_the_client_has_the_same_calls(store: Store) -> None:
    from cuvee.client.client import Client

    client = Client()
    assert client.create_user("ann", PASSWORD).is_admin
    client.create_user("bot", kind="service")
    assert [u.username for u in client.list_users()] == ["ann", "bot"]
    client.update_user_admin("bot", is_admin=True)
    client.update_user_admin("bot", is_admin=False)
    client.update_user_password("ann", OTHER)
    client.create_group("risk")
    client.add_member("risk", "bot")
    assert client.update_group("risk", new_name="risks").members == ["bot"]
    assert client.get_user("bot").groups == ["risks"]
    client.remove_member("risks", "bot")
    assert client.get_group("risks").members == []
    client.delete_group("risks")
    assert client.list_groups() == []
    made = client.create_token("ci", "bot", scopes=["read"], lifetime_days=1)
    client.revoke_token(made.token.token_id)
    assert client.list_tokens("bot")[0].revoked
    client.deactivate_user("bot")
    client.activate_user("bot")
    client.delete_user("bot")
    assert client.whoami().via == "os"
    assert store.do(WhoAmI()).username == client.whoami().username
    with pytest.raises(Exception, match="taken"):
        store.do(CreateUser(username="bot", password=PASSWORD))
