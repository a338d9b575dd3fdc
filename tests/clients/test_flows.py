"""Every documented flow gives the same facts with every client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clients.environments import since
from clients.processes import Server

pytestmark = pytest.mark.clients

RunFlow = Callable[..., dict[str, Any]]

every_client = pytest.mark.parametrize("name", since(1))
NO_SUCH = "RESOURCE_DOES_NOT_EXIST"
NOT_ALLOWED = "INVALID_PARAMETER_VALUE"
TAKEN = "RESOURCE_ALREADY_EXISTS"


@every_client
def test_experiments_are_created_renamed_deleted_restored_and_found(
    run: RunFlow, name: str
) -> None:
    assert run(name, "experiments") == {
        "created": ["first", "active", {"team": "wine", "empty": ""}],
        "location is proxied": True,
        "times are kept": True,
        "renamed": "cellar",
        "old name is gone": True,
        "set_experiment finds it again": True,
        "run is in the chosen one": True,
        "deleted": "deleted",
        "deleted keeps its name": TAKEN,
        "deleted takes no runs": NOT_ALLOWED,
        "search for deleted": ["renamed"],
        "restored": "active",
        "odd": ["page-1", "page-3"],
        "pages": [["page-4", "page-3"], ["page-2", "page-1"], ["page-0"]],
        "newest first": ["page-4"],
    }


@every_client
def test_runs_nest_fail_resume_and_are_deleted_and_restored(run: RunFlow, name: str) -> None:
    assert run(name, "runs", part="lives") == {
        "while running": ["RUNNING", None],
        "active again": True,
        "name and note": ["parent", "a note"],
        "source type": "LOCAL",
        "user is known": True,
        "child knows its parent": True,
        "ended": ["FINISHED", True],
        "last active": True,
        "failed": "FAILED",
        "a name is made up": True,
        "resumed": "RUNNING",
        "resumed and ended": ["FINISHED", {"late": 1.0}],
        "killed": "KILLED",
        "deleted": "deleted",
        "deleted takes no param": NOT_ALLOWED,
        "deleted takes no metric": NOT_ALLOWED,
        "restored": "active",
    }


@every_client
def test_params_are_settled_and_tags_are_not(run: RunFlow, name: str) -> None:
    assert run(name, "runs", part="params and tags") == {
        "changed param": NOT_ALLOWED,
        "missing tag": NO_SUCH,
        "torn batch": NOT_ALLOWED,
        "torn batch left": {},
        "params": {
            "alpha": "0.5",
            "empty": "",
            "n": "3",
            "none": "None",
            "vin rouge/cépage": "Syrah 🍷",
        },
        "many params": 90,
        "tags": {"phase": "second", "quality": "7"},
    }


@every_client
def test_runs_are_found_by_filter_order_and_page(run: RunFlow, name: str) -> None:
    assert run(name, "runs", part="search") == {
        "all": ["4", "3", "2", "1", "0"],
        "default order": ["4", "3", "2", "1", "0"],
        "metric": ["2", "3", "4"],
        "metric and param": ["1", "3"],
        "param like": ["0", "2", "4"],
        "param ilike": ["0", "2", "4"],
        "tag": ["2", "3", "4"],
        "status": ["3", "4"],
        "name": ["2"],
        "tag last where missing": ["4", "3", "2", "1", "0"],
        "pages": [["tree", "lr"], ["tree", "lr"], ["tree"]],
        "deleted only": ["run-5"],
        "as a list": 3,
        "as a frame": [
            ["tree", 0.5, "2004", "FINISHED"],
            ["lr", 0.6, "2003", "FINISHED"],
            ["tree", 0.7, "2002", "FINISHED"],
        ],
    }


@every_client
def test_metrics_come_back_as_they_were_logged(run: RunFlow, name: str) -> None:
    assert run(name, "metrics") == {
        "NaN stays": True,
        "infinities keep their sign": True,
        "exact": {"tiny": 5e-324, "exact": 0.1 + 0.2, "zero": 0.0, "true": 1.0},
        "latest is of the greatest step": 100.0,
        "history": [[-1, -1.5], [2, 3.0], [3, 4.5], [5, 7.5], [5, 100.0]],
        "history is in time order": True,
        "many, repeated": [1000, 1_700_000_000_000, 999, 999.0],
        "no such metric": [],
    }


@every_client
def test_artifacts_are_listed_and_downloaded_whole(run: RunFlow, name: str) -> None:
    assert run(name, "artifacts") == {
        "uri": "mlflow-artifacts:/EXPERIMENT/RUN/artifacts",
        "uri of a file": True,
        "root": [
            ["copies", True, None],
            ["large.bin", False, 4_194_304],
            ["notes", True, None],
            ["odd", True, None],
            ["plots", True, None],
            ["sub", True, None],
            ["top.txt", False, 3],
        ],
        "odd": [
            ["odd/a b+c.txt", False, 9],
            ["odd/empty", False, 0],
            ["odd/vin été 🍷.txt", False, 18],
        ],
        "copies": [["copies/one", True, None]],
        "leaf": [["copies/one/sub/deep/leaf.csv", False, 8]],
        "list of a file": [],
        "list of nothing": [],
        "large file is whole": True,
        "whole tree": [
            "copies/one/sub/deep/leaf.csv",
            "copies/one/top.txt",
            "large.bin",
            "notes/d.json",
            "notes/d.yaml",
            "notes/note.txt",
            "odd/a b+c.txt",
            "odd/empty",
            "odd/vin été 🍷.txt",
            "plots/line.png",
            "sub/deep/leaf.csv",
            "top.txt",
        ],
        "odd texts": "vin été 🍷.txt",
        "json": {"a": [1, 2.5, None], "é": True},
        "figure is a PNG": True,
        "a folder": ["sub", "top.txt"],
        "all by a dot": ["copies", "large.bin", "notes", "odd", "plots", "sub", "top.txt"],
        "text was replaced": "second 🍷",
        "dict": {"a": [1, 2.5, None], "é": True},
    }


@pytest.mark.parametrize("name", since(2, 4))
def test_a_table_grows_by_what_is_logged_to_it(run: RunFlow, name: str) -> None:
    assert run(name, "tables") == {
        "columns": ["points", "wine"],
        "rows": [["Syrah", 91], ["Merlot", 87], ["Malbec", 89]],
        "tag": '[{"path": "t/scores.json", "type": "table"}]',
    }


@pytest.mark.parametrize("name", since(2, 4))
def test_datasets_are_inputs_of_runs_and_find_them(run: RunFlow, name: str) -> None:
    assert run(name, "datasets") == {
        "inputs": 1,
        "name": "red",
        "digest is the frame's": True,
        "profile": '{"num_rows": 3, "num_elements": 6}',
        "context": [["mlflow.data.context", "training"]],
        "by hand": ["white", "abc123", '{"uri": "white.csv"}'],
        "search by name": 1,
        "search by digest": 1,
        "search by context": 1,
        "search by list": 2,
        "search in vain": 0,
    }


@pytest.mark.parametrize("name", since(3))
def test_logged_models_have_a_life_of_their_own(run: RunFlow, name: str) -> None:
    assert run(name, "logged_models") == {
        "new": ["PENDING", {"a": "1"}, "x"],
        "changed param is refused": True,
        "ready": ["READY", {"a": "1", "b": "2"}, "y", False],
        "has a place of its own": True,
        "search": {
            "all": ["draft", "model-0", "model-1", "model-2"],
            "by metric": ["model-2"],
            "by param": ["model-1"],
            "by tag": ["model-0"],
            "by name": ["model-1", "model-0"],
            "best first": ["model-2", "model-1", "model-0"],
        },
        "knows its run": True,
        "points": [[0, 0.8], [2, 0.9]],
        "run has them too": {"acc": 0.9},
        "deleted": NO_SUCH,
    }


@every_client
def test_versions_are_registered_staged_found_and_deleted(run: RunFlow, name: str) -> None:
    assert run(name, "registry") == {
        "versions": {
            "made": ["1", "None", "READY", "one"],
            "second": ["described later", {"reviewed": "yes"}, True],
            "uri is the source": True,
            "stages there are": ["Archived", "None", "Production", "Staging"],
            "search": [1, 2, 3],
            "search by run": [1, 2, 3],
        },
        "stages": {
            "moved, in any case": "Production",
            "first": {"Production": "1", "None": "3"},
            "two in one stage": [{"Production": "3", "Staging": "2"}, "Production"],
            "archived": ["Archived", "Production", "Archived"],
            "asked by stage": ["2"],
            "moved back": "None",
            "unknown stage": NOT_ALLOWED,
        },
        "deleted version": {"asked for": NO_SUCH, "left": [1, 3]},
        "versions follow a rename": {"description": "one", "tags": {"t": "1"}},
        "models": {
            "made": ["b", {"k": "v"}, "a model"],
            "renamed": ["described anew", {"k": "w"}],
            "old name": NO_SUCH,
            "pages": [["with versions renamed", "e", "d"], ["c", "a"]],
            "deleted": NO_SUCH,
        },
    }


@pytest.mark.parametrize("name", since(2, 8))
def test_aliases_move_and_copies_outlive_their_origin(run: RunFlow, name: str) -> None:
    assert run(name, "aliases") == {
        "case matters": ["1", "2"],
        "of a version": ["champion", "second"],
        "moved": "3",
        "of the model": {"Champion": "2", "champion": "3", "second": "1"},
        "reserved": [NOT_ALLOWED, NOT_ALLOWED],
        "unknown version": NO_SUCH,
        "taken away": NOT_ALLOWED,
        "gone with its version": NOT_ALLOWED,
        "copied": ["1", "origin", True],
        "copy outlives the origin": True,
    }


@pytest.mark.parametrize("name", ["mlflow-3.17", "mlflow-2.22"])
def test_prompts_are_versions_whose_text_is_read_back(run: RunFlow, name: str) -> None:
    assert run(name, "prompts") == {
        "versions": [1, 2],
        "text": "Describe {{ wine }} in a word.",
        "filled": "Taste Riesling.",
        "message": "first",
        "among the models": 0,
        "as a model": TAKEN,
        "left": [2],
    }


def test_what_mlflow_1_lists_is_listed(run: RunFlow) -> None:
    assert run("mlflow-1.30", "listing") == {
        "experiments": ["b", "a"],
        "all": ["b", "a", "gone"],
        "models": ["a", "b", "gone"],
    }


@every_client
def test_refusals_come_at_once_and_say_which_kind_they_are(run: RunFlow, name: str) -> None:
    assert run(name, "refusals") == {
        "duplicate experiment": TAKEN,
        "duplicate model": TAKEN,
        "experiment without a name": NOT_ALLOWED,
        "unknown experiment": NO_SUCH,
        "experiment id of letters": NOT_ALLOWED,
        "unknown run": NO_SUCH,
        "metric of an unknown run": NO_SUCH,
        "run in an unknown experiment": NO_SUCH,
        "bad metric key": NOT_ALLOWED,
        "long key": NOT_ALLOWED,
        "path as a key": NOT_ALLOWED,
        "filter with a syntax error": NOT_ALLOWED,
        "filter on an unknown attribute": NOT_ALLOWED,
        "too many results": NOT_ALLOWED,
        "order by nonsense": NOT_ALLOWED,
        "bad page token": NOT_ALLOWED,
        "unknown model": NO_SUCH,
        "unknown version": NO_SUCH,
        "model with a slash": NOT_ALLOWED,
        "version of an unknown model": NO_SUCH,
        "unknown stage": NOT_ALLOWED,
        # MLflow 1 has no word for it, and would fail at one that it does not have.
        "run in use": "INVALID_STATE" if name == "mlflow-1.30" else "RESOURCE_CONFLICT",
    }


@pytest.mark.parametrize("name", since(2, 8))
def test_asynchronous_logging_loses_nothing(run: RunFlow, name: str) -> None:
    assert run(name, "asynchronous") == {
        "steps": True,
        "latest": 0.005,
        "last": 7.0,
        "params": {"alpha": "0.5", "a": "1", "b": "2"},
        "tag": "1",
    }


@pytest.mark.parametrize("name", [n for n in since(1) if n != "cuvee"])
def test_autologging_of_scikit_learn_works_against_the_server(run: RunFlow, name: str) -> None:
    assert run(name, "autolog") == {
        "params": "True",
        "estimator": "LinearRegression",
        "has an error": True,
        "best alpha": "0.1",
        "children": ["0.1", "0.5"],
        "files": ["cv_results.csv", "estimator.html"],
    }


@pytest.mark.parametrize("name", [n for n in since(2, 14) if n != "cuvee"])
def test_traced_training_goes_on_where_no_traces_are_kept(run: RunFlow, name: str) -> None:
    assert run(name, "traced") == {
        "statuses": ["FINISHED"] * 3,
        "scores": [0.5] * 3,
        "autologged": ["True"] * 3,
        "nothing is tried again": True,
        "traces": "ENDPOINT_NOT_FOUND",
    }


@pytest.mark.parametrize("name", since(3, 3))
def test_webhooks_are_made_tried_heard_and_deleted(run: RunFlow, name: str) -> None:
    assert run(name, "webhooks") == {
        "made": ["ci", True, "d", "ACTIVE"],
        "events": ["REGISTERED_MODEL.CREATED", "MODEL_VERSION_ALIAS.CREATED"],
        "listed": [True],
        "same": "ci",
        "tried": [True, 200, True],
        "tried another": "prompt",
        "heard": [
            {
                "entity": "registered_model",
                "action": "created",
                "data": {"name": "hooked", "tags": {"k": "v"}, "description": "m"},
            },
            True,
        ],
        "changed": ["other", "DISABLED", 2],
        "wrong": [NOT_ALLOWED] * 3,
        "gone": NO_SUCH,
    }


@every_client
def test_versions_move_through_stages_of_the_models_own(run: RunFlow, name: str) -> None:
    assert run(name, "stages") == {
        "stages": ["None", "Dev", "UAT", "Production", "Archived"],
        "moved": "UAT",
        "unknown stage": NOT_ALLOWED,
        "one may hold it": "Archived",
        "latest": {"Archived": "1", "UAT": "2"},
        "by stage": ["2"],
        "loaded": "two",
        "searched": [["1", "Archived"], ["2", "UAT"]],
        "what runs is kept": "UAT",
    }


@pytest.fixture(scope="module")
def sharing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server below whose artifact root clients write by themselves."""
    folder = tmp_path_factory.mktemp("sharing")
    server = Server(folder, "", "--default-artifact-root", (folder / "root é").as_uri())
    server.wait()
    yield server.uri
    server.close()


@every_client
def test_pages_and_clients_write_into_one_directory(run: RunFlow, sharing: str, name: str) -> None:
    assert run(name, "shared_root", sharing) == {
        "the client writes by itself": True,
        "answers": [200, 200, 200],
        "listed": ["d/client.txt", "d/e", "d/page.txt"],
        "got": {"client.txt": "again", "page.txt": "last", "e/f.json": '{\n  "a": 1\n}'},
    }
