"""Evidence packs: what is known about a version, for an outsider to check."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Key, Of, Read, Required
from cuvee.api.names import version_number


class EvidenceMember(Struct, frozen=True, gc=False):
    """A file of a pack."""

    path: str
    text: str


class EnvironmentFile(Struct, frozen=True, gc=False):
    """A file that says what a model needs, as it was registered."""

    path: Key
    text: Annotated[str, Meta(max_length=1 << 20)]


class Gap(Struct, frozen=True, gc=False):
    """Something that is missing: about what (``review``, ``data`` ...), in a sentence."""

    topic: str
    says: str


class Evidence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An evidence pack, to be written as an archive.

    Args:
        name, version, digest: of what.
        members: its files, sorted by path; ``MANIFEST`` holds the digests of all others, signed.
        missing: what is missing.
    """

    name: str
    version: str
    digest: str = ""
    members: list[EvidenceMember]
    missing: list[Gap] = []


class GetEvidence(Read[Evidence], frozen=True, kw_only=True):
    """Write down and sign what is known about a version, for somebody who cannot ask the server.

    Args:
        files: the version's environment files (``MLmodel``, ``requirements.txt``,
            ``python_env.yaml``, ``conda.yaml``); one that differs from the version's is refused.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "model-versions/evidence"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    history: ClassVar[bool] = True
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required
    files: Annotated[list[EnvironmentFile], Meta(max_length=16)] = []

    def check(self) -> None:
        version_number(self.version)
