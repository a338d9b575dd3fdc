"""Code, environment and output of runs: by themselves, and against those of other runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from browser import corpus
from browser.conftest import Open, calls_of, keep_screenshot, served
from browser.test_browser_pages import LOOKS, offences
from refusals.served import Site, wait_for

PATCH = """diff --git a/train.py b/train.py
index 1111111..2222222 100644
--- a/train.py
+++ b/train.py
@@ -1,4 +1,5 @@ def main():
 import cuvee
-alpha = 0.5
+alpha = 0.7
+beta = 1
 cuvee.log_param("alpha", alpha)
 print("<b>done</b>")
"""
TRACE = """Traceback (most recent call last):
  File "train.py", line 7, in <module>
    raise ValueError("no wine")
ValueError: no wine"""
LINES = 5000


def environment(python: str, **packages: str) -> bytes:
    return json.dumps({
        "python": python,
        "implementation": "CPython",
        "executable": "/usr/bin/python3",
        "platform": "Linux-6.1",
        "machine": "x86_64",
        "host": "cellar",
        "cpus": 8,
        "memory": 16 << 30,
        "gpus": ["A100, 40960 MiB"],
        "packages": packages,
    }).encode()  # fmt: skip


class Runs(NamedTuple):
    """Runs of an experiment."""

    site: Site
    first: str
    second: str
    bare: str


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """A server with two runs that wrote down what they ran in, and one that did not."""
    for site in served(tmp_path_factory.mktemp("parts")):
        tags = {
            "mlflow.source.git.commit": "a" * 40,
            "mlflow.source.git.branch": "main",
            "mlflow.source.name": "train.py",
            "cuvee.git.dirty": "true",
            "cuvee.command": "python train.py --alpha 0.7",
            "cuvee.exit_code": "1",
            "cuvee.exception": TRACE,
        }
        text = [f"line {i} = {i * 7 % 13}\n" for i in range(LINES)]
        changed = [f"{line[:-1]} changed\n" if i % 50 == 3 else line for i, line in enumerate(text)]
        files = {
            "cuvee/diff.patch": PATCH.encode(),
            "cuvee/environment.json": environment("3.12.1", numpy="1.26", pandas="2.1", six="1.1"),
            "cuvee/requirements.lock": b"numpy==1.26\npandas==2.1\nsix==1.1\n",
            "cuvee/output.log": b"epoch 1\r\nloading 10%\rloading 100%\n\x1b[31mred\x1b[0m end\n",
            "long.txt": "".join(text).encode(),
            "plot.png": corpus.png(),
            "same.bin": b"\x00same",
            "gone.txt": b"1",
        }
        began = int(time.time() * 1000) - 60_000
        first = corpus.new_run(site, "first", files, tags=_tags(tags), start_time=began)
        site.api("runs/update", run_id=first, status="FAILED", end_time=began + 5000)
        files |= {
            "cuvee/diff.patch": PATCH.replace("beta = 1", "beta = 2").encode(),
            "cuvee/environment.json": environment("3.13.0", numpy="2.0", pandas="2.1", uv="0.9"),
            "long.txt": "".join(changed).encode(),
            "plot.png": corpus.png(100, 100),
            "new.txt": b"2",
        }
        del files["gone.txt"]
        tags |= {"mlflow.source.git.commit": "b" * 40, "mlflow.parentRunId": first}
        second = corpus.new_run(site, "second", files, tags=_tags(tags))
        bare = corpus.new_run(site, "bare", {})
        site.api("runs/update", run_id=bare, status="FINISHED", end_time=5)
        yield Runs(site, first, second, bare)


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def looked_over(page: Page, opened: object, name: str) -> None:
    """Keep screenshots of a page in both themes and at two widths; it is accessible in each."""
    for theme, width in LOOKS:
        opened.look(theme, width)  # type: ignore[attr-defined]
        keep_screenshot(page, f"{name}-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert offences(page) == []


def test_the_code_of_a_run_is_its_commit_changes_and_command(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site)
    page = opened.go(f"/runs/{runs.first}/code")
    expect(page.get_by_title("a" * 40)).to_be_visible()
    expect(page.get_by_text("Had uncommitted changes")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    about = page.get_by_role("region", name="About")
    for text in ("Linux-6.1", "cellar", "python train.py --alpha 0.7"):
        expect(about.get_by_text(text)).to_be_visible()
    looked_over(page, opened, "run-overview-facts")
    about.get_by_role("link", name="3.12.1 (CPython)").click()
    expect(page).to_have_url(re.compile("/environment$"))
    page.go_back()
    about.get_by_role("link", name="Had uncommitted changes").click()
    expect(page).to_have_url(re.compile("/code$"))
    expect(page.get_by_text("python train.py --alpha 0.7")).to_be_visible()
    changes = page.get_by_role("region", name="Uncommitted changes").last
    expect(changes).to_contain_text("train.py  +2 \N{MINUS SIGN}1")
    expect(changes).to_contain_text("beta = 1")
    expect(changes).to_contain_text("<b>done</b>")
    looked_over(page, opened, "run-code")
    page.get_by_text("Side by side").click()
    expect(changes).to_contain_text("beta = 1")
    page = opened.go(f"/runs/{runs.bare}/code")
    expect(page.get_by_text("This run does not say which code it ran")).to_be_visible()


def test_the_environment_of_a_run_is_its_computer_and_packages(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site)
    asked: list[str] = []
    opened.page.on("request", lambda request: asked.extend(calls_of(request)))
    page = opened.go(f"/runs/{runs.first}/environment")
    for text in ("3.12.1 (CPython)", "16.0 GiB", "A100, 40960 MiB", "pandas==2.1"):
        expect(page.get_by_text(text)).to_be_visible()
    packages = page.get_by_role("table", name="Packages")
    expect(packages.get_by_role("row").filter(has_text="numpy")).to_contain_text("1.26")
    assert len([url for url in asked if "/runs/texts" in url]) == 1
    looked_over(page, opened, "run-environment")
    page = opened.go(f"/runs/{runs.bare}/environment")
    expect(page.get_by_text("This run did not write down what it ran in")).to_be_visible()


def test_the_exception_of_a_failed_run_comes_first(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site)
    page = opened.go(f"/runs/{runs.first}/logs")
    expect(page.get_by_role("region", name="ValueError: no wine")).to_be_visible()
    output = page.get_by_role("region", name="Text of Logs")
    expect(output).to_contain_text("loading 100%")
    expect(output).to_contain_text("red end")
    expect(output).not_to_contain_text("10%loading")
    looked_over(page, opened, "run-logs")
    page = opened.go(f"/runs/{runs.first}/overview")
    panels = page.locator("main section h2")
    expect(panels.first).to_have_text("Exception, exit code 1")
    expect(page.get_by_role("table", name="Nested runs")).to_contain_text("second")
    page.get_by_role("table", name="Nested runs").get_by_role("link", name="second").click()
    expect(page).to_have_url(re.compile(runs.second))
    page = opened.go(f"/runs/{runs.bare}/logs")
    expect(page.get_by_text("There is no output of this run")).to_be_visible()


def test_the_last_lines_of_a_run_that_goes_on_follow_it(runs: Runs, visit: Open) -> None:
    about = {"experiment_id": "0", "run_name": "live", "start_time": 1}
    run = runs.site.api("runs/create", **about)["run"]["info"]["run_id"]
    page = visit(runs.site).go(f"/runs/{run}/logs")
    expect(page.get_by_text("Its last lines appear here")).to_be_visible()
    for epoch in ("epoch 1", "epoch 2"):
        beat = {"run_id": run, "lease": 45, "tail": epoch}
        answer = runs.site.send("POST", "/api/1.0/cuvee/runs/heartbeat", beat)
        assert answer.status == 200
        expect(page.get_by_role("region", name="Text of Logs")).to_contain_text(epoch)
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "true")
    runs.site.api("runs/update", run_id=run, status="FINISHED", end_time=9)


def test_texts_are_compared_on_a_thread_of_their_own(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site)
    opened.expected.append("Failed to load resource")
    page = opened.page
    page.route("**/textdiff.worker*", lambda route: route.abort())
    opened.go(f"/compare?runs={runs.first},{runs.second}&in=0&tab=code")
    note = page.get_by_role("alert")
    expect(note).to_contain_text("The texts could not be compared.")
    page.unroute("**/textdiff.worker*")
    with page.expect_worker() as begun:
        note.get_by_role("button", name="Try again").click()
    assert "textdiff.worker" in begun.value.url
    expect(page.get_by_text("1 line removed, 1 line added")).to_be_visible()
    expect(note).to_be_hidden()


def test_runs_are_compared_by_what_they_wrote_down(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site)
    asked: list[str] = []
    opened.page.on("request", lambda request: asked.extend(calls_of(request)))
    both = f"/compare?runs={runs.first},{runs.second}&in=0"
    page = opened.go(f"{both}&tab=code")
    rows = page.get_by_role("grid", name="Code").get_by_role("row")
    expect(rows.filter(has_text="Git commit")).to_contain_text("b" * 40)
    expect(page.get_by_text("These runs ran different commits")).to_be_visible()
    patches = page.get_by_role("region", name="Uncommitted changes: first and second").last
    expect(patches).to_contain_text("+beta = 2")
    expect(page.get_by_text("1 line removed, 1 line added")).to_be_visible()
    looked_over(page, opened, "compare-code")
    page.get_by_role("link", name="Environment").click()
    expect(page.get_by_text("1 changed, 1 added, 1 missing, 1 the same")).to_be_visible()
    rows = page.get_by_role("grid", name="Environment").get_by_role("row")
    expect(rows.filter(has_text="numpy")).to_contain_text("2.0changed")
    expect(rows.filter(has_text="six")).to_contain_text("missing")
    expect(rows.filter(has_text="uv")).to_contain_text("0.9added")
    expect(rows.filter(has_text="pandas")).to_have_count(0)
    page.get_by_role("checkbox", name="Only differences").uncheck()
    expect(rows.filter(has_text="pandas")).to_have_count(1)
    looked_over(page, opened, "compare-environment")
    calls = [url for url in asked if "/api/" in url and "whoami" not in url]
    assert len([url for url in calls if "/runs/texts" in url]) == 1
    assert len([url for url in calls if "/runs/" in url]) <= 3


def test_files_of_runs_are_compared_by_their_bytes(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site)
    both = f"/compare?runs={runs.first},{runs.second}&in=0&tab=artifacts"
    page = opened.go(both)
    rows = page.get_by_role("grid", name="Artifacts").get_by_role("row")
    expect(rows.filter(has_text="gone.txt")).to_contain_text("missing")
    expect(rows.filter(has_text="new.txt")).to_contain_text("added")
    expect(rows.filter(has_text="plot.png")).to_contain_text("changed")
    expect(rows.filter(has_text="same.bin")).to_have_count(0)
    expect(page.get_by_text("4 changed, 1 added, 1 missing, 3 the same")).to_be_visible()
    page.get_by_role("link", name="long.txt").click()
    expect(page.get_by_text("100 lines removed, 100 lines added")).to_be_visible()
    found = page.get_by_role("region", name="long.txt: first and second").last
    expect(found).to_contain_text("line 3 = 8 changed")
    found.get_by_role("button", name="equal lines: show").first.click()
    expect(found).to_contain_text("line 20 =")
    assert page.evaluate("document.querySelectorAll('*').length") < 3000
    looked_over(page, opened, "compare-artifacts")
    again = visit(runs.site).go(page.url.removeprefix(opened.url))
    expect(again.get_by_text("100 lines removed, 100 lines added")).to_be_visible()
    page.get_by_role("link", name="plot.png").click()
    expect(page.get_by_role("img", name="second")).to_be_visible()
    page = opened.go(f"/compare?runs={runs.first},{runs.bare},{runs.second}&in=0&tab=artifacts")
    expect(page.get_by_text(re.compile(r"\d+ of \d+ differ"))).to_be_visible()


def test_50_runs_are_compared_with_one_call_for_a_part(runs: Runs, visit: Open) -> None:
    site = runs.site
    experiment = site.api("experiments/create", name="fifty")["experiment_id"]
    ids = []
    for i in range(50):
        files = {"cuvee/environment.json": environment("3.13.0", numpy=f"2.{i % 3}")}
        about = {"experiment_id": experiment, "tags": _tags({"cuvee.command": f"python {i % 2}"})}
        ids.append(corpus.new_run(site, f"run {i}", files, **about))
    opened = visit(site)
    asked: list[str] = []
    opened.page.on("request", lambda request: asked.extend(calls_of(request)))
    both = f"/compare?runs={','.join(ids)}&in={experiment}&tab="
    parts = {"environment": "texts", "code": "texts", "artifacts": "files"}
    for tab, call in parts.items():
        asked.clear()
        page = opened.go(both + tab)
        expect(page.get_by_text("1 of ")).to_be_visible()
        calls = [url.partition("?")[0] for url in asked if "/api/" in url and "/runs/" in url]
        assert len([url for url in calls if call in url]) == 1, calls
        assert len(calls) <= 3, calls  # the runs, once more when the stream of events has begun
    expect(page.get_by_role("grid", name="Artifacts")).to_have_attribute("aria-colcount", "51")


def test_what_the_client_captures_is_shown(runs: Runs, tmp_path: Path, visit: Open) -> None:
    url = f"http://127.0.0.1:{runs.site.port}"
    script = tmp_path / "train.py"
    script.write_text(
        "import cuvee\n"
        f"cuvee.set_tracking_uri({url!r})\n"
        "with cuvee.start_run(run_name='captured'):\n"
        "    print('hello from the script')\n"
        "    raise ValueError('on purpose')\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 1

    def run() -> str:
        asked = {"experiment_ids": ["0"], "filter": "attributes.run_name = 'captured'"}
        found = runs.site.api("runs/search", **asked).get("runs", [])
        return str(found[0]["info"]["run_id"]) if found else ""

    def written() -> bool:
        if not run():
            return False
        query = f"run_ids={run()}&paths=cuvee/output.log&paths=cuvee/environment.json"
        answer = runs.site.send("GET", f"/api/1.0/cuvee/runs/texts?{query}").json
        return len(answer.get("files", [])) == 2

    wait_for(written, seconds=40)
    page = visit(runs.site).go(f"/runs/{run()}/logs")
    expect(page.get_by_role("region", name="ValueError: on purpose")).to_be_visible()
    output = page.get_by_role("region", name="Text of Logs")
    expect(output).to_contain_text("hello from the script")
    page = visit(runs.site).go(f"/runs/{run()}/environment")
    expect(page.get_by_text(sys.version.split()[0]).first).to_be_visible()
    expect(page.get_by_role("table", name="Packages")).to_be_visible()


def test_a_phone_can_read_them(runs: Runs, visit: Open) -> None:
    opened = visit(runs.site, width=375)
    both = f"/compare?runs={runs.first},{runs.second}&in=0&tab="
    for name in ("code", "environment", "logs"):
        page = opened.go(f"/runs/{runs.first}/{name}")
        keep_screenshot(page, f"run-{name}-375")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, name
    for name in ("code", "environment", "artifacts&path=long.txt"):
        page = opened.go(both + name)
        keep_screenshot(page, f"compare-{name.partition('&')[0]}-375")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, name
