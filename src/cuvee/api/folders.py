"""Folders of experiments: what stands before ``/`` in their names."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Force, Of, Permission, Read, Recorded, Required
from cuvee.api.experiments import Experiment, ViewType
from cuvee.api.names import MAX_EXPERIMENT_NAME, check_length, plain
from cuvee.errors import InvalidParameter

MAX_MOVED = 10_000
"""Experiments that are moved, archived or restored at once."""


class Folder(Struct, frozen=True):
    """A folder and how many experiments lie in it and in its folders."""

    path: str
    experiments: int


class FolderListing(Struct, frozen=True, omit_defaults=True):
    """What lies in a folder.

    Args:
        folders: its folders, by name, which end in ``/``.
        experiments: its own experiments, by name.
        count: how many experiments lie in it and in its folders.
    """

    folders: list[Folder] = []
    experiments: list[Experiment] = []
    count: int = 0


class FolderChanged(Struct, frozen=True):
    """How many experiments were changed."""

    count: int


class ListFolder(Read[FolderListing], frozen=True, kw_only=True):
    """List what lies in a folder of experiments; in the outermost if it is empty."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "experiments/folder"
    needs: ClassVar[Permission] = Permission.LOGIN
    folder: str = ""
    view_type: ViewType = "ACTIVE_ONLY"

    def check(self) -> None:
        check_length("folder", self.folder, MAX_EXPERIMENT_NAME, "folder")


class TopFolder(Struct, frozen=True, omit_defaults=True):
    """An outermost folder.

    Args:
        path: its name, without ``/`` at its end.
        experiments: whether an experiment that is not deleted lies in it.
        models: whether a registered model lies in it.
    """

    path: str
    experiments: bool = False
    models: bool = False


class TopFolders(Struct, frozen=True, omit_defaults=True):
    """The outermost folders by name.

    Args:
        folders: they.
        more: whether there are more of them.
    """

    folders: list[TopFolder] = []
    more: bool = False


class ListTopFolders(Read[TopFolders], frozen=True, kw_only=True):
    """List the outermost folders of all experiments and registered models that one may read."""

    base: ClassVar[str] = CUVEE
    searches: ClassVar[bool] = True
    route: ClassVar[str] = "folders"
    needs: ClassVar[Permission] = Permission.LOGIN
    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class MoveFolder(Recorded[FolderChanged], frozen=True, kw_only=True):
    """Give a folder of experiments another name or place, with all that lies in it.

    Args:
        folder: which, such as ``team/old``.
        new_folder: its new name, such as ``team/new``; if it is empty, its contents lie in none.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "experiments/move-folder"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (
        Of("experiment_folder", "below"),
        Of("new_experiment", "new_below", Permission.EDIT),
    )
    folder: Required
    new_folder: str

    @property
    def below(self) -> str:
        """How the names of what lies in it begin."""
        return self.folder.removesuffix("/") + "/"

    @property
    def new_below(self) -> str:
        """How they will begin."""
        return self.new_folder.removesuffix("/") + "/" if self.new_folder.strip("/") else "/"

    @property
    def new_start(self) -> str:
        """What is put before the rest of each name."""
        return "" if self.new_below == "/" else self.new_below

    def check(self) -> None:
        check_experiment_folder(self.folder)
        if self.new_folder.strip("/"):
            check_experiment_folder(self.new_folder)
        if self.new_below.startswith(self.below):
            raise InvalidParameter(
                f"The folder {plain(self.folder)!r} cannot be moved into itself: name another."
            )


class ArchiveFolder(Recorded[FolderChanged], frozen=True, kw_only=True):
    """Mark all experiments in a folder as deleted; they can be restored."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "experiments/archive-folder"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("experiment_folder", "below"),)
    folder: Required
    force: Force = False

    @property
    def below(self) -> str:
        """How the names of what lies in it begin."""
        return self.folder.removesuffix("/") + "/"

    def check(self) -> None:
        check_experiment_folder(self.folder)


class RestoreFolder(Recorded[FolderChanged], frozen=True, kw_only=True):
    """Bring all deleted experiments in a folder back, with their runs."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "experiments/restore-folder"
    needs: ClassVar[Permission] = Permission.MANAGE
    of: ClassVar[tuple[Of, ...]] = (Of("experiment_folder", "below"),)
    folder: Required

    @property
    def below(self) -> str:
        """How the names of what lies in it begin."""
        return self.folder.removesuffix("/") + "/"

    def check(self) -> None:
        check_experiment_folder(self.folder)


def check_experiment_folder(folder: str) -> None:
    """Refuse what cannot be a folder of experiments."""
    check_length("folder", folder, MAX_EXPERIMENT_NAME - 1, "folder")
    if "" in folder.removesuffix("/").split("/"):
        raise InvalidParameter(
            f"{plain(folder)!r} is not a folder: write names with '/' between them, as in "
            "team/project."
        )
