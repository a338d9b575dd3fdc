"""Bytes that no row names: found in a snapshot, removed by the store of bytes."""

from __future__ import annotations

from sqlalchemy import select, union

from cuvee.api.purge import CollectBlobs, Collected
from cuvee.errors import NotImplementedHere
from cuvee.store import schema
from cuvee.store.engine import hot
from cuvee.store.tx import Tx

BATCH = 1000

_named = hot(
    lambda db: union(
        *(
            select(table.c.digest).where(db.among(table.c.digest, "digests"))
            for table in (schema.artifact_files, schema.version_files)
        )
    )
)


def collect_blobs(tx: Tx, op: CollectBlobs) -> Collected:
    """Look through one of 256 parts of the blobs.

    It reads what is committed, so a change that is taken back cannot bring a name back to bytes
    that are gone; and whoever stores the same bytes anew makes them young first.
    """
    if tx.blobs is None:
        raise NotImplementedHere(
            "The files of this store are not kept by this process: run the purge where they are."
        )
    part = int(op.page_token or "00", 16)
    count = size = 0
    old = tx.blobs.older(f"{part:02x}", op.older_than_hours * 3600)
    for start in range(0, len(old), BATCH):
        digests = old[start : start + BATCH]
        named = {digest for (digest,) in tx.all(_named, digests=tx.listed(digests))}
        for digest in digests:
            if digest not in named:
                freed = tx.blobs.remove(digest, op.older_than_hours * 3600, dry_run=op.dry_run)
                count += freed is not None
                size += freed or 0
    following = f"{part + 1:02x}" if part < 255 else None
    return Collected(count, size, following)
