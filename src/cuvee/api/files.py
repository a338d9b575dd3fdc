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
SCAN_BLOCK = 1 << 20
MAX_SCAN = 16 << 20
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


class ScanBlock(Struct, frozen=True, kw_only=True):
    """A part of a text file, of whole lines unless one is longer than a part.

    Args:
        offset: the byte where it begins.
        size: its bytes.
        lines: how many lines end in it.
        found: how many lines in it have the text that was looked for.
    """

    offset: int
    size: int
    lines: int
    found: int


class FileScan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Parts of a text file, in their order; none of a file that the run has not, or not here.

    Args:
        digest: sha256 of the whole file, hexadecimal.
        size: bytes of the whole file.
        blocks: its parts, of about 1 MiB.
        next_offset: where the next call goes on; absent at the end.
    """

    digest: str = ""
    size: int = 0
    blocks: list[ScanBlock] = []
    next_offset: int | None = None


class ScanRunFile(Read[FileScan], frozen=True, kw_only=True):
    """Look through a text file of a run: where its lines are, and how many have a text.

    A call looks through some 16 MiB; the parts can then be read by their bytes.

    Args:
        run_id: the run.
        path: the file, by its path below the run's root.
        contains: what lines are looked for by, in capitals or not; without colours of a terminal
            and what was drawn over in it.
        offset: the byte where it begins: a ``next_offset`` of before.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "runs/scan-file"
    of: ClassVar[tuple[Of, ...]] = (Of("run", "run_id"),)
    searches: ClassVar[bool] = True
    run_id: Required
    path: Required
    contains: Annotated[str, Meta(max_length=1000)] = ""
    offset: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 0

    def check(self) -> None:
        artifact_path(self.path)


class FindArtifacts(Read[StoredFiles], frozen=True, kw_only=True):
    """Find all stored files at a path of the artifact store and below, to send them together."""

    of: ClassVar[tuple[Of, ...]] = (Of("path", "path"),)
    path: Required

    def check(self) -> None:
        artifact_path(self.path)
