"""Files of several runs at once: which there are, and what the small ones say."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.artifacts import StoredFile, StoredFiles, artifact_directory, artifact_path
from cuvee.api.base import CUVEE, Of, Read, Required

MAX_RUNS = 100
MAX_TEXT = 1 << 20
MAX_TEXTS = 16 << 20
MAX_ARCHIVED = 100_000
FileRunIds = Annotated[list[Required], Meta(min_length=1, max_length=MAX_RUNS)]


class RunFiles(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The files of a run, in the order of their paths.

    Args:
        run_id: the run.
        root_uri: where its files are.
        elsewhere: whether they are not kept by this server, which then knows none of them.
        files: paths below the run's root, with digests.
        complete: whether these are all.
    """

    run_id: str
    root_uri: str
    elsewhere: bool = False
    files: list[StoredFile] = []
    complete: bool


class RunFileLists(Struct, frozen=True):
    """The files of some runs, in the order that they were asked for."""

    runs: list[RunFiles]


class ListRunFiles(Read[RunFileLists], frozen=True, kw_only=True):
    """List the files of some runs with all that lies in directories, and their digests.

    Args:
        run_ids: the runs.
        path: a directory; all files when left out.
        max_files: files of each run at most.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/files"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_ids"),)
    searches: ClassVar[bool] = True
    run_ids: FileRunIds
    path: str = ""
    max_files: Annotated[int, Meta(ge=1, le=10_000)] = 1000

    def check(self) -> None:
        artifact_directory(self.path)


class RunText(Struct, frozen=True, kw_only=True):
    """Which text a file of a run has, by its digest."""

    run_id: str
    path: str
    digest: str
    size: int


class FileText(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What files say that have a digest; bytes that are no UTF-8 become U+FFFD.

    Args:
        digest: sha256 of the bytes, hexadecimal.
        text: the text, or its beginning.
        complete: whether that is all of it.
    """

    digest: str
    text: str
    complete: bool = True


class RunTexts(Struct, frozen=True):
    """Files of runs, and each text once; what a run has not, or is not kept here, is left out."""

    files: list[RunText]
    texts: list[FileText]


class GetRunTexts(Read[RunTexts], frozen=True, kw_only=True):
    """Read small text files of some runs in one call.

    Args:
        run_ids: the runs.
        paths: files, by their paths below each run's root.
        max_bytes: of each file at most; of all texts together 16 MiB, the others are left out.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/texts"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_ids"),)
    searches: ClassVar[bool] = True
    run_ids: FileRunIds
    paths: Annotated[list[Required], Meta(min_length=1, max_length=10)]
    max_bytes: Annotated[int, Meta(ge=1, le=MAX_TEXT)] = MAX_TEXT

    def check(self) -> None:
        for path in self.paths:
            artifact_path(path)


class FindArtifacts(Read[StoredFiles], frozen=True, kw_only=True):
    """Find all stored files at a path of the artifact store and below, to send them together."""

    of: ClassVar[tuple[Of, ...]] = (Of("path", "path"),)
    path: Required

    def check(self) -> None:
        artifact_path(self.path)
