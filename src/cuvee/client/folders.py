"""The client's methods for folders of experiments."""

from __future__ import annotations

from cuvee.api.folders import (
    ArchiveFolder,
    FolderListing,
    ListFolder,
    MoveFolder,
    RestoreFolder,
)
from cuvee.client.base import Calls
from cuvee.client.values import view_name


class FolderCalls(Calls):
    """Folders of experiments: what stands before ``/`` in their names."""

    def list_experiment_folder(self, folder: str = "", view_type: int | str = 1) -> FolderListing:
        """Return what lies in a folder; in the outermost when it is empty."""
        return self.do(ListFolder(folder=folder, view_type=view_name(view_type)))

    def move_experiment_folder(self, folder: str, new_folder: str, *, comment: str = "") -> int:
        """Give a folder another name or place and return how many experiments it has."""
        op = MoveFolder(folder=folder, new_folder=new_folder, comment=comment)
        return self.do(op).count

    def archive_experiment_folder(
        self, folder: str, *, comment: str = "", force: bool = False
    ) -> int:
        """Mark all experiments in a folder as deleted and return how many."""
        return self.do(ArchiveFolder(folder=folder, comment=comment, force=force)).count

    def restore_experiment_folder(self, folder: str, *, comment: str = "") -> int:
        """Bring all deleted experiments in a folder back and return how many."""
        return self.do(RestoreFolder(folder=folder, comment=comment)).count
