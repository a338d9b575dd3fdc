"""Stored files by path, and the manifests of versions."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from cuvee.store.engine import CLUSTERED, TEXT
from cuvee.store.schema.base import metadata, number, own, text

artifact_files = Table(
    "artifact_files",
    metadata,
    Column("path", TEXT, primary_key=True),
    text("digest"),
    number("size"),
    number("modified"),
    Index(None, "digest"),
    **CLUSTERED,
)
version_files = Table(
    "version_files",
    metadata,
    number("version_pk"),
    text("path"),
    text("digest"),
    number("size"),
    own("version_pk", "path"),
    Index(None, "digest"),
    **CLUSTERED,
)
# What files named MLmodel hold, by their digest: what models say about themselves.
model_texts = Table(
    "model_texts",
    metadata,
    Column("digest", TEXT, primary_key=True),
    text("text"),
    **CLUSTERED,
)
# Prefixes of artifact_files that belong to registered versions and so may not change; one that
# was empty when its version was registered is ``growing``: it takes new files, except in a stage
# that the version came to by review.
sealed = Table(
    "sealed",
    metadata,
    text("path"),
    number("version_pk"),
    number("growing"),
    own("path", "version_pk"),
    Index(None, "version_pk"),
    **CLUSTERED,
)
