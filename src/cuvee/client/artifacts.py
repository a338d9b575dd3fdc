"""The client's methods for artifacts: files, texts, dictionaries, figures, images and tables."""

from __future__ import annotations

import posixpath
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cuvee.api.artifacts import FileInfo
from cuvee.client import media
from cuvee.client.files import LocalFiles, below, download, download_files, upload_tree
from cuvee.client.pins import check_bytes, manifest_of, part_of
from cuvee.client.resolve import ResolveCalls
from cuvee.client.rows import TABLES_TAG, with_table
from cuvee.client.values import now
from cuvee.errors import InvalidParameter, NotFound
from cuvee.uris import ModelUri, check_path, join, parse_artifact_uri

if TYPE_CHECKING:
    import pandas as pd

IMAGES_TAG = "mlflow.loggedImages"


class ArtifactCalls(ResolveCalls):
    """Artifacts of runs and logged models; paths use ``/`` and are relative to the root."""

    def log_artifact(
        self, run_id: str, local_path: str | Path, artifact_path: str | None = None
    ) -> None:
        """Store a file, or a directory under its name, in a run's directory ``artifact_path``."""
        self._put_run(run_id, Path(local_path), artifact_path)

    def log_artifacts(
        self, run_id: str, local_dir: str | Path, artifact_path: str | None = None
    ) -> None:
        """Store what is in a directory in a run's directory ``artifact_path``."""
        source = Path(local_dir)
        if (log := self.journal) is None:
            self._put_tree(self.run_root(run_id), source, artifact_path)
            return
        _check_directory(source)
        self.put_files(log, run_id, source, check_path(artifact_path or ""))

    def log_model_artifact(
        self, model_id: str, local_path: str | Path, artifact_path: str | None = None
    ) -> None:
        """Store a file of a logged model."""
        source = Path(local_path)
        if (log := self.journal) is None:
            self._put(self.get_logged_model(model_id).artifact_location, source, artifact_path)
            return
        self.put_files(log, "", source, _inside(source, artifact_path), model=model_id)

    def log_model_artifacts(
        self, model_id: str, local_dir: str | Path, artifact_path: str | None = None
    ) -> None:
        """Store what is in a directory as files of a logged model."""
        source = Path(local_dir)
        if (log := self.journal) is None:
            root = self.get_logged_model(model_id).artifact_location
            self._put_tree(root, source, artifact_path)
            return
        _check_directory(source)
        self.put_files(log, "", source, check_path(artifact_path or ""), model=model_id)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Store a text as a UTF-8 file."""
        with self._file(run_id, artifact_file) as target:
            target.write_bytes(text.encode("utf-8"))

    def log_dict(self, run_id: str, dictionary: Any, artifact_file: str) -> None:
        """Store a dictionary or list as JSON, or as YAML when the file's name says so."""
        with self._file(run_id, artifact_file) as target:
            media.write_dict(dictionary, target)

    def log_stream(self, run_id: str, stream: IO[bytes], artifact_file: str) -> None:
        """Store what a binary stream gives."""
        with self._file(run_id, artifact_file) as target, target.open("wb") as file:
            shutil.copyfileobj(stream, file)

    def log_figure(
        self,
        run_id: str,
        figure: Any,
        artifact_file: str,
        *,
        save_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        """Store a matplotlib or plotly figure; ``save_kwargs`` go to the library's save call."""
        with self._file(run_id, artifact_file) as target:
            media.write_figure(figure, target, save_kwargs)

    def log_image(
        self,
        run_id: str,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        """Store an image as a file, or as the picture of ``key`` at a step.

        Args:
            run_id: the run.
            image: PIL image or array; see ``media.as_picture``.
            artifact_file: file name; leave out ``key``, ``step`` and ``timestamp`` then.
            key: name of the series of pictures.
            step: place in the series; 0.
            timestamp: milliseconds since 1970; now.
            synchronous: accepted; the journal has the image when this returns.
        """
        del synchronous
        if (artifact_file is None) == (key is None):
            raise InvalidParameter("log_image needs either artifact_file or key, and not both.")
        picture = media.as_picture(image)
        if artifact_file is not None:
            if step is not None or timestamp is not None:
                raise InvalidParameter("step and timestamp go with key, not with artifact_file.")
            with self._file(run_id, artifact_file) as target:
                picture.save(target)
            return
        if not key or not media.IMAGE_KEY.fullmatch(key):
            raise InvalidParameter(
                f"The image key {key!r} is not allowed: use letters, digits and '_-./ '."
            )
        when = now() if timestamp is None else timestamp
        stem = f"{key.replace('/', '~')}+step+{step or 0}+timestamp+{when}+{uuid.uuid4()}"
        with self._file(run_id, f"images/{stem}.png") as target:
            picture.save(target)
        with self._file(run_id, f"images/{stem}+compressed.webp") as target:
            media.thumbnail(picture).save(target)
        self.set_tag(run_id, IMAGES_TAG, value=True)

    def log_table(self, run_id: str, data: Any, artifact_file: str) -> None:
        """Store a DataFrame or dictionary of columns as a table, below the rows that it has."""
        media.check_table_name(artifact_file)
        table = media.as_table(data)
        path = check_path(artifact_file)
        if (log := self.journal) is not None:
            with tempfile.TemporaryDirectory(prefix="cuvee-") as directory:
                target = Path(directory) / posixpath.basename(path)
                media.write_table(table, target)
                self.put_rows(log, run_id, target, path)
            return
        if any(f.path == path for f in self._list(run_id, posixpath.dirname(path))):
            import pandas as pd

            table = pd.concat([self._table(run_id, path), table], ignore_index=True)
        with self._file(run_id, path) as target:
            media.write_table(table, target)
        known = self.get_run(run_id).data.tags.get(TABLES_TAG, "[]")
        if (tables := with_table(known, artifact_file)) != known:
            self.set_tag(run_id, TABLES_TAG, tables)

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: Sequence[str] | None = None,
        extra_columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return a table of one, some or all runs of an experiment, one below the other.

        Args:
            experiment_id: the experiment.
            artifact_file: the table's name.
            run_ids: runs to read; all that have the table when absent.
            extra_columns: columns to add from ``search_runs``, such as ``run_id``.

        Raises:
            NotFound: no run has such a table.
        """
        import pandas as pd

        from cuvee.client.frames import runs_frame

        where = f"""tags.`{TABLES_TAG}` LIKE '%"path"%:%"{artifact_file}",%"type"%:%"table"%'"""
        if run_ids:
            where += f" AND run_id IN ({','.join(repr(str(r)) for r in run_ids)})"
        runs = list(self.pages(lambda t: self.search_runs([experiment_id], where, page_token=t)))
        if not runs:
            raise NotFound(f"No run of experiment {experiment_id} has a table {artifact_file!r}.")
        tables = []
        for run, (_, row) in zip(runs, runs_frame(runs).iterrows(), strict=True):
            table = self._table(run.info.run_id, check_path(artifact_file))
            for column in extra_columns or ():
                name = f"{column}_" if column in table else column
                table[name] = row[column]
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """List a directory of a run, or of its logged model; paths are relative to the run."""
        path = check_path(path or "")
        found = self._list(run_id, path)
        if found or not path:
            return found
        name, _, rest = path.partition("/")
        model = self.logged_model_of(run_id, name)
        return self._entries(model.artifact_location, rest, path) if model else []

    def download_artifacts(self, run_id: str, path: str, dst_path: str | Path | None = None) -> str:
        """Fetch a file or directory of a run and return where it is on this computer.

        Args:
            run_id: the run.
            path: relative to the run's root; "" fetches everything.
            dst_path: directory to fetch into; a new temporary one when absent.

        Raises:
            NotFound: the run has nothing there.
        """
        path = check_path(path)
        return str(self.fetch(join(f"runs:/{run_id}", path), path, dst_path))

    def fetch(self, uri: str, name: str, directory: str | Path | None) -> Path:
        """Fetch what a URI names as ``name`` in a directory; a local file stays where it is.

        Raises:
            Conflict: the URI pins a digest, and the files are others.
            NotFound: nothing is stored there.
        """
        named = parse_artifact_uri(uri)
        if isinstance(named, ModelUri) and named.digest:
            return self._fetch_pinned(uri, named, name, directory)
        files, path = self.place(uri)
        if directory is None:
            local = Path(path)
            if isinstance(files, LocalFiles) and local.exists():
                return local
            directory = tempfile.mkdtemp(prefix="cuvee-artifacts-")
        target = Path(directory) / name if name else Path(directory)
        try:
            return download(files, path, target)
        except NotFound as problem:
            if uri.startswith("runs:/") and not name:
                target.mkdir(parents=True, exist_ok=True)
                return target  # a run without artifacts has an empty directory
            raise NotFound(f"Nothing is stored at {uri!r}: list_artifacts shows what is.") from (
                problem
            )

    def _fetch_pinned(
        self, uri: str, named: ModelUri, name: str, directory: str | Path | None
    ) -> Path:
        found = self.resolve(uri)
        manifest = manifest_of(self, found.name, found.version, named.digest)
        wanted = part_of(manifest, named.path)
        files, path = self.place(found.artifact_uri)
        base = Path(directory or tempfile.mkdtemp(prefix="cuvee-artifacts-"))
        target = base / name if name else base
        if "" in wanted:
            files.get(path, target)
        else:
            download_files(files, path, list(wanted), target)
        check_bytes(target, wanted, f"version {found.version} of {found.name!r}")
        return target

    def pages(self, page: Callable[[str | None], Any]) -> Iterator[Any]:
        """Go through all pages of a search; ``page`` takes a token and returns a page."""
        token: str | None = None
        while True:
            found = page(token)
            yield from found
            token = found.token
            if not token:
                return

    @contextmanager
    def _file(self, run_id: str, artifact_file: str) -> Iterator[Path]:
        """Give a local file of the right name; what is written there is stored afterwards."""
        path = check_path(artifact_file)
        if not path:
            raise InvalidParameter("An artifact needs a file name, such as 'report.txt'.")
        with tempfile.TemporaryDirectory(prefix="cuvee-") as directory:
            target = Path(directory) / posixpath.basename(path)
            yield target
            self._put_run(run_id, target, posixpath.dirname(path))

    def _put_run(self, run_id: str, source: Path, artifact_path: str | None) -> None:
        if (log := self.journal) is None:
            self._put(self.run_root(run_id), source, artifact_path)
            return
        self.put_files(log, run_id, source, _inside(source, artifact_path))

    def _put(self, root: str, source: Path, artifact_path: str | None) -> None:
        inside = _inside(source, artifact_path)
        if source.is_dir():
            self._put_tree(root, source, inside)
            return
        files, path = self.place(root)
        files.put(below(path, inside), source)

    def _put_tree(self, root: str, source: Path, artifact_path: str | None) -> None:
        _check_directory(source)
        files, path = self.place(root)
        upload_tree(files, below(path, check_path(artifact_path or "")), source)

    def _list(self, run_id: str, path: str) -> list[FileInfo]:
        return self._entries(self.run_root(run_id), path, path)

    def _entries(self, root: str, path: str, shown: str) -> list[FileInfo]:
        files, where = self.place(join(root, path))
        return [FileInfo(below(shown, f.path), f.is_dir, f.file_size) for f in files.list(where)]

    def _table(self, run_id: str, path: str) -> pd.DataFrame:
        with tempfile.TemporaryDirectory(prefix="cuvee-") as directory:
            return media.read_table(Path(self.download_artifacts(run_id, path, directory)))


def _inside(source: Path, artifact_path: str | None) -> str:
    """Return where a file or directory goes, below the root."""
    if not source.exists():
        raise InvalidParameter(f"There is no file {str(source)!r} on this computer.")
    return below(check_path(artifact_path or ""), source.name or source.resolve().name)


def _check_directory(source: Path) -> None:
    if not source.is_dir():
        raise InvalidParameter(f"There is no directory {str(source)!r} on this computer.")
