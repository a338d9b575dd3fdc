"""What exists is documented: operations, settings, options, links."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest

from browser import publish
from cuvee import api
from cuvee.api import comments, follows, holdings, reviews, versions
from cuvee.api.base import Empty, Op, Permission, Read
from cuvee.cli.main import cli
from cuvee.server.routes import OF_OBJECTS
from cuvee.settings import Settings
from cuvee.store.access import plan_of
from structure import api_page
from structure.project import ROOT, name, project_files

# Writes that anyone who may read may ask for: their functions look at the finer rules, or change
# nothing but what the caller alone sees.
DECIDE_THEMSELVES: set[type[Op[Any]]] = {
    reviews.CreateTransitionRequest,
    reviews.ApproveTransitionRequest,
    reviews.RejectTransitionRequest,
    reviews.DeleteTransitionRequest,
    reviews.TransitionWorkspaceVersion,
    comments.CreateComment,
    versions.TransitionStage,
    holdings.RollbackStage,
    holdings.SwapStages,
    follows.FollowModel,
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [path for path in project_files() if path.suffix == ".md"]


@pytest.mark.parametrize("op", api.OPERATIONS, ids=lambda op: op.__name__)
def test_every_operation_says_what_it_does_and_what_it_needs(op: type[Op[Any]]) -> None:
    text = op.__dict__.get("__doc__") or ""
    first = text.strip().partition("\n\n")[0]
    assert re.fullmatch(r"[A-Z].{9,200}\.", first, re.DOTALL), text
    assert isinstance(op.needs, Permission)
    assert not (op.writes and op.needs is Permission.READ) or op in DECIDE_THEMSELVES
    assert bool(op.of) == (op.needs in OF_OBJECTS), op.needs
    plan_of(op)  # or it raises TypeError


def test_the_page_of_calls_is_up_to_date() -> None:
    assert api_page.PAGE.read_text(encoding="utf-8") == api_page.page(), (
        "run: python tests/structure/api_page.py"
    )


def test_every_setting_is_documented() -> None:
    variables = dict(re.findall(r"(\w+): ``([A-Z_]+)``:", Settings.__doc__ or ""))
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for field in fields(Settings):
        assert field.name in variables, f"Settings does not say which variable {field.name} is"
        assert f"`{variables[field.name]}`" in page, variables[field.name]


def test_every_variable_of_the_tests_is_documented() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    texts = [p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("*.py")]
    read = {found for text in texts for found in re.findall(r'"(CUVEE_TEST_[A-Z]+)"', text)}
    assert {"CUVEE_TEST_CACHE", "CUVEE_TEST_HISTORIES"} <= read
    assert [variable for variable in sorted(read) if f"`{variable}`" not in page] == []


def test_every_option_of_the_server_is_documented() -> None:
    from cuvee.cli.server import server

    page = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    for option in server.params:
        assert f"`{option.opts[0]}`" in page, option.opts


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)\s#]*)#?([^)\s]*)\)", text):
        page = path.parent / target if target else path
        assert page.exists(), target
        assert not anchor or anchor in anchors(page), f"{target}#{anchor}"


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are called in addresses."""
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    heads = [
        re.sub(r"\[(.*?)\]\(.*?\)", r"\1", head) for head in re.findall(r"(?m)^#+ (.*)$", text)
    ]
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_page_is_in_the_list_of_the_readme() -> None:
    listed = re.findall(r"^- .*?\]\((docs/.*?\.md)\)", README, re.MULTILINE)
    listed += re.findall(r"\[screenshots\]\((docs/screenshots\.md)\)", README)
    assert {name(path) for path in (ROOT / "docs").glob("*.md")} == set(listed)


def test_every_command_is_in_the_table_of_commands() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    told = {
        (command, word)
        for command, words in re.findall(r"`cuvee ([a-z-]+)((?: [^`]*)?)`", page)
        for word in ["", *re.findall(r"[a-z-]+", words)]
    }
    context = click.Context(cli)
    for word in cli.list_commands(context):
        command = cli.get_command(context, word)
        names = command.commands if isinstance(command, click.Group) else [""]
        missing = [each for each in names if (word, each) not in told]
        assert missing in ([], ["write"]), word  # `cuvee evidence NAME VERSION` is short for write


def test_a_server_with_an_operation_that_needs_no_permission_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cuvee.server import routes

    class Loose(Read[Empty], frozen=True, kw_only=True):
        """Ask for anything."""

        route: ClassVar[str] = "loose"
        needs: ClassVar[Any] = None

    monkeypatch.setattr(routes, "ROUTED", (*api.ROUTED, Loose))
    with pytest.raises(TypeError, match="Loose does not say which permission it needs"):
        routes.Routes()


def test_a_server_with_an_operation_that_needs_it_of_nothing_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cuvee.server import routes

    class Vague(Read[Empty], frozen=True, kw_only=True):
        """Read something."""

        route: ClassVar[str] = "vague"

    monkeypatch.setattr(routes, "ROUTED", (*api.ROUTED, Vague))
    with pytest.raises(TypeError, match="Vague does not say of what it needs read"):
        routes.Routes()


def test_no_two_operations_share_an_address() -> None:
    seen: dict[tuple[str, str], str] = {}
    for op in api.ROUTED:
        for method in op.methods:
            address = method, re.sub(r"\{\w+\}", "{}", f"{op.base}/{op.route}")
            assert address not in seen, (address, seen[address], op.__name__)
            seen[address] = op.__name__


def test_the_page_of_screenshots_shows_those_that_are_there() -> None:
    page = (ROOT / "docs" / "screenshots.md").read_text(encoding="utf-8")
    assert page == publish.page(), "run: python tests/browser/publish.py"
    assert {file.stem for file in publish.SHOWN.iterdir()} == set(publish.PICTURES)
