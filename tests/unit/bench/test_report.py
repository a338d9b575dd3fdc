"""Where tables go, and what their last line says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bench.client import table
from bench.report import write

PAGE = "# A\n\nwords\n\n<!-- bench client: begin -->\n\nold\n\n<!-- bench client: end -->\n\nmore\n"


def test_a_table_goes_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    for _ in range(2):
        write("| new |\n", page, "client")
        assert page.read_text() == PAGE.replace("old\n", "| new |\n")


def test_a_page_without_the_marks_keeps_its_words(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    write("| new |\n", page, "other")
    assert page.read_text() == f"{PAGE}\n| new |\n"


def test_a_new_page_is_the_table(tmp_path: Path) -> None:
    write("| new |\n", tmp_path / "new.md", "client")
    assert (tmp_path / "new.md").read_text() == "| new |\n"


def test_every_section_that_a_script_writes_has_its_marks() -> None:
    page = Path(__file__).parents[3] / "docs" / "benchmarks.md"
    text = page.read_text(encoding="utf-8")
    for section in ("tracking", "registry", "client", "runs", "histories", "folds", "ui"):
        assert f"<!-- bench {section}: begin -->" in text, section
        assert f"<!-- bench {section}: end -->" in text, section


def test_a_command_names_no_directory_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["--client", "mlflow=env A=1 /srv/data/mlflow/bin/python mlflow", "--launch"]
    words += ["cuvee=cuvee server --backend-store-uri sqlite:///{dir}/c.db --artifacts {dir}/art"]
    monkeypatch.setattr(sys, "argv", ["client.py", *words, "--markdown", "docs/benchmarks.md"])
    made = table({"mlflow": {"a": 1.0}}, 10)
    assert "/srv/data" not in made
    assert "'mlflow=env A=1 python mlflow'" in made
    assert "sqlite:///{dir}/c.db --artifacts {dir}/art" in made
    assert "docs/benchmarks.md" in made
