"""Files of runs come back as they were stored."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cuvee as mlflow
from cuvee.errors import InvalidParameter, NotFound

everywhere = pytest.mark.usefixtures("uri")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A directory with odd names and an empty file."""
    root = tmp_path / "tree"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "a b+c%20#.txt".replace("#", "")).write_text("plus")
    (root / "été 🍷.txt").write_text("wine")
    (root / "sub" / "empty").write_bytes(b"")
    (root / "sub" / "deep" / "big.bin").write_bytes(os.urandom(3_000_000))
    return root


def contents(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@everywhere
def test_a_tree_comes_back_as_it_was(tree: Path, tmp_path: Path) -> None:
    with mlflow.start_run() as run:
        mlflow.log_artifacts(tree, "copy")
        mlflow.log_artifact(tree, "whole")
        mlflow.log_artifact(str(tree / "sub" / "empty"))

    target = tmp_path / "out"
    found = mlflow.artifacts.download_artifacts(
        run_id=run.info.run_id, artifact_path="copy", dst_path=target
    )
    assert Path(found) == target / "copy"
    assert contents(target / "copy") == contents(tree)
    whole = mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/whole/tree")
    assert contents(Path(whole)) == contents(tree)
    everything = mlflow.MlflowClient().download_artifacts(run.info.run_id, "")
    assert sorted(p.name for p in Path(everything).iterdir()) == ["copy", "empty", "whole"]


@everywhere
def test_directories_are_listed_by_paths_from_the_run(tree: Path) -> None:
    with mlflow.start_run() as run:
        mlflow.log_artifacts(tree)
    client = mlflow.MlflowClient()

    listed = {f.path: (f.is_dir, f.file_size) for f in client.list_artifacts(run.info.run_id)}
    assert listed["sub"] == (True, None)
    assert listed["été 🍷.txt"] == (False, 4)
    inside = mlflow.artifacts.list_artifacts(f"runs:/{run.info.run_id}/sub")
    assert [f.path for f in inside] == ["sub/deep", "sub/empty"]
    assert client.list_artifacts(run.info.run_id, "no/such") == []


@everywhere
def test_texts_dictionaries_and_streams_become_files() -> None:
    with mlflow.start_run() as run:
        mlflow.log_text("vin 🍷\r\n", "t/x.txt")
        mlflow.log_dict({"a": [1, None]}, "d.json")
        mlflow.log_dict({"a": [1, None]}, "d.yaml")
        mlflow.log_stream(io.BytesIO(b"\0\1"), "s.bin")
        root = mlflow.get_artifact_uri()
        assert mlflow.get_artifact_uri("t/x.txt") == f"{root}/t/x.txt"

    base = f"runs:/{run.info.run_id}"
    assert mlflow.artifacts.load_text(f"{root}/t/x.txt") == "vin 🍷\r\n"
    assert mlflow.artifacts.load_dict(f"{base}/d.json") == {"a": [1, None]}
    assert mlflow.artifacts.load_text(f"{base}/d.yaml") == "a:\n- 1\n- null\n"
    with pytest.raises(InvalidParameter, match="not a JSON"):
        mlflow.artifacts.load_dict(f"{base}/d.yaml")
    assert Path(mlflow.artifacts.download_artifacts(f"{base}/s.bin")).read_bytes() == b"\0\1"


@everywhere
def test_what_is_not_there_is_said_so() -> None:
    with mlflow.start_run() as run:
        mlflow.log_text("x", "x.txt")
        with pytest.raises(InvalidParameter, match="no file"):
            mlflow.log_artifact("no/such/file")
        with pytest.raises(InvalidParameter, match="no directory"):
            mlflow.log_artifacts("no/such/file")
        for path in ("../x", "/etc/x", ""):
            with pytest.raises(InvalidParameter):
                mlflow.log_text("x", path)

    with pytest.raises(NotFound, match="list_artifacts"):
        mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/y.txt")
    with pytest.raises(InvalidParameter, match="not both"):
        mlflow.artifacts.download_artifacts()


@everywhere
def test_tables_grow_and_are_read_over_runs(name: str) -> None:
    mlflow.set_experiment(name)
    with mlflow.start_run() as first:
        mlflow.log_table({"wine": ["Syrah"], "points": [91]}, "t/scores.json")
        mlflow.log_table(pd.DataFrame({"wine": ["Merlot"], "points": [87]}), "t/scores.json")
    with mlflow.start_run():
        mlflow.log_table({"wine": "Malbec", "points": 89}, "t/scores.json")

    one = mlflow.load_table("t/scores.json", [first.info.run_id], ["run_id"])
    assert one["wine"].tolist() == ["Syrah", "Merlot"]
    assert set(one["run_id"]) == {first.info.run_id}
    both = mlflow.load_table("t/scores.json")
    assert sorted(both["points"]) == [87, 89, 91]
    tags = mlflow.get_run(first.info.run_id).data.tags
    assert tags["mlflow.loggedArtifacts"] == '[{"path": "t/scores.json", "type": "table"}]'
    with mlflow.start_run(), pytest.raises(InvalidParameter, match=r"\.json or \.parquet"):
        mlflow.log_table({"a": [1]}, "t.csv")
    with pytest.raises(NotFound):
        mlflow.load_table("none.json")


@everywhere
def test_figures_are_saved_by_their_library() -> None:
    class Plotly:
        def write_html(self, target: str, **options: Any) -> None:
            Path(target).write_text(f"<html>{options['include_plotlyjs']}")

    from matplotlib.figure import Figure

    with mlflow.start_run() as run:
        figure = Figure()
        figure.subplots().plot([1, 2])
        mlflow.log_figure(figure, "plots/a.png", save_kwargs={"dpi": 20})
        mlflow.log_figure(Plotly(), "b.html")
        with pytest.raises(InvalidParameter, match="not a figure"):
            mlflow.log_figure(Plotly(), "b.png")

    png = Path(mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/plots/a.png"))
    assert png.read_bytes().startswith(b"\x89PNG")
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/b.html") == "<html>cdn"


@everywhere
def test_images_are_kept_as_files_and_as_series() -> None:
    grey = np.linspace(0, 1, 16).reshape(4, 4)
    with mlflow.start_run() as run:
        mlflow.log_image((grey * 255).astype("uint8"), "a.png")
        mlflow.log_image(grey > 0.5, key="masks/m", step=3, timestamp=5)
        for bad in (np.full((2, 2), 300), np.zeros((2, 2, 2)), np.full((2, 2), np.nan), "x"):
            with pytest.raises(InvalidParameter):
                mlflow.log_image(bad, "b.png")
        with pytest.raises(InvalidParameter, match="not both"):
            mlflow.log_image(grey)

    picture = mlflow.artifacts.load_image(f"runs:/{run.info.run_id}/a.png")
    assert picture.size == (4, 4)
    assert picture.getpixel((3, 3)) == 255
    files = mlflow.artifacts.list_artifacts(f"runs:/{run.info.run_id}/images")
    assert [f.path.partition("+timestamp+5+")[0] for f in files] == ["images/masks~m+step+3"] * 2
    assert mlflow.get_run(run.info.run_id).data.tags["mlflow.loggedImages"] == "True"


def test_a_local_artifact_location_is_written_directly(name: str, tmp_path: Path) -> None:
    mlflow.set_tracking_uri(tmp_path / "data")
    place = tmp_path / "shared"
    experiment = mlflow.create_experiment(name, artifact_location=str(place))
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_text("x", "a/x.txt")

    stored = place / run.info.run_id / "artifacts" / "a" / "x.txt"
    assert stored.read_text() == "x"
    found = mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/a/x.txt")
    assert Path(found) == stored
