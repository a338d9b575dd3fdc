"""The plain page at ``/``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cuvee.api.experiments import CreateExperiment
from cuvee.api.metrics import Metric
from cuvee.api.models import CreateRegisteredModel
from cuvee.api.runs import CreateRun, GetRun, LogBatch, Param, UpdateRun
from cuvee.api.versions import CreateModelVersion, TransitionStage
from cuvee.server import pages
from cuvee.store.sql import SqlStore

HOSTILE = "<script>alert('x')</script>&\""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore.open(f"sqlite:///{tmp_path}/cuvee.db")
    yield opened
    opened.close()


class Reader(HTMLParser):
    """Collects a page's text, tags and the addresses that it names."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def says(self, text: str) -> bool:
        return text in "\n".join(self.text)


def fill(store: SqlStore, text: str) -> str:
    """Put ``text`` wherever a client can; return the run's id."""
    experiment = store.do(CreateExperiment(name=text)).experiment_id
    run = store.do(
        CreateRun(experiment_id=experiment, run_name=text, user_id=text, start_time=2**62)
    ).run.info
    store.do(
        LogBatch(
            run_id=run.run_id,
            metrics=[Metric(key="rmse", value=0.125, timestamp=1)],
            params=[Param(key="features", value=text)],
        )
    )
    store.do(UpdateRun(run_id=run.run_id, status="FINISHED"))
    model = text.replace("/", "")
    store.do(CreateRegisteredModel(name=model, description=text))
    source = store.do(GetRun(run_id=run.run_id)).run.info.artifact_uri + "/model"
    store.do(
        CreateModelVersion(name=model, source=source, run_id=run.run_id, description=f"first{text}")
    )
    store.do(TransitionStage(name=model, version="1", stage="Production", comment=f"why{text}"))
    return run.run_id


def test_an_empty_store_says_so(store: SqlStore) -> None:
    page = Reader(pages.home(store.do))

    assert page.says("No model is registered yet.")
    assert page.says("Default")
    assert page.says("No runs.")


def test_models_runs_and_events_are_listed(store: SqlStore) -> None:
    run_id = fill(store, "wine")
    page = Reader(pages.home(store.do))

    for text in ("wine", "firstwine", "Production", "FINISHED", "rmse 0.125", "whywine", run_id):
        assert page.says(text), text
    assert page.says("version.transitioned")
    assert page.says("stage: None → Production")


def test_what_clients_sent_is_text_and_never_markup(store: SqlStore) -> None:
    fill(store, HOSTILE)
    page = Reader(pages.home(store.do))

    assert page.says(HOSTILE)
    assert page.says("first" + HOSTILE)
    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]


def test_the_page_asks_for_nothing_from_elsewhere(store: SqlStore) -> None:
    fill(store, "//example.com/x")
    page = Reader(pages.home(store.do))

    links = [value or "" for name, value in page.attributes if name in ("href", "src")]
    assert all(link.startswith(("#", "api/")) for link in links), links
    assert not {"img", "link", "script", "iframe"} & set(page.tags)


def test_the_policy_allows_the_style_of_the_page_and_nothing_else(store: SqlStore) -> None:
    style = re.search(rb"<style>(.*?)</style>", pages.home(store.do), re.DOTALL)

    assert style
    assert style[1].decode() == pages.STYLE
    assert "default-src 'none'" in pages.POLICY
    assert "unsafe" not in pages.POLICY


def test_long_lists_are_cut_and_the_page_says_so(store: SqlStore) -> None:
    experiment = store.do(CreateExperiment(name="many")).experiment_id
    for _ in range(pages.RUNS + 1):
        store.do(CreateRun(experiment_id=experiment))
    page = Reader(pages.home(store.do))

    assert page.says(f"The latest {pages.RUNS} runs.")
