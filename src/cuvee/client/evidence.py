"""Evidence packs: asked for, and written to a file."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from cuvee.api.evidence import EnvironmentFile, Evidence, GetEvidence
from cuvee.api.versions import GetModelVersionDownloadUri, GetVersionManifest
from cuvee.client.files import below
from cuvee.client.resolve import ResolveCalls
from cuvee.errors import CuveeError
from cuvee.evidence import archive
from cuvee.evidence.facts import ENVIRONMENT, MAX_TEXT


class EvidenceCalls(ResolveCalls):
    """What is known about a version, for somebody who cannot ask the server."""

    def get_evidence(self, name: str, version: str | int) -> Evidence:
        """Return what is known about a version, signed by the server, and what is missing."""
        files = self._environment_files(name, str(version))
        return self.do_registry(GetEvidence(name=name, version=str(version), files=files))

    def download_evidence(
        self, name: str, version: str | int, path: str | Path | None = None
    ) -> Path:
        """Write the evidence pack of a version and return its path.

        Args:
            name: the registered model.
            version: its version.
            path: the file to write; ``<name>-<version>-evidence.zip`` when None.
        """
        found = self.get_evidence(name, version)
        target = Path(path or archive.file_name(found))
        archive.write(target, found.members)
        return target

    def _environment_files(self, name: str, version: str) -> list[EnvironmentFile]:
        """Return the texts of the version's environment files, as far as they can be read.

        The server keeps files apart from what it knows about them, so the files come from here;
        it takes none but those that were registered, and lists those that are absent as missing.
        """
        stored = self.do_registry(GetVersionManifest(name=name, version=version)).files
        wanted = {f.path: f.digest for f in stored if f.path in ENVIRONMENT and f.size <= MAX_TEXT}
        if not wanted:
            return []
        asked = GetModelVersionDownloadUri(name=name, version=version)
        root = self.do_registry(asked).artifact_uri
        texts = {path: self._text(below(root, path), wanted[path]) for path in sorted(wanted)}
        return [EnvironmentFile(path, text) for path, text in texts.items() if text is not None]

    def _text(self, uri: str, digest: str) -> str | None:
        """Return the text at ``uri``; None when this caller may not read it, or it is another."""
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "file")
            try:
                files, path = self.place(uri)
                files.get(path, target)
                content = target.read_bytes()
                same = hashlib.sha256(content).hexdigest() == digest
                return content.decode() if same else None
            except (CuveeError, UnicodeDecodeError):
                return None
