"""Text files of runs looked through by their lines, a part of them at a time."""

from __future__ import annotations

import re

from cuvee.api.files import MAX_SCAN, SCAN_BLOCK, FileScan, ScanBlock, ScanRunFile
from cuvee.store.files import file_at, roots_of
from cuvee.store.locations import proxy_path
from cuvee.store.tx import Tx

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_DRAWN_OVER = re.compile(r"^.*\r(?=[^\n])", re.MULTILINE)


def scan_run_file(tx: Tx, op: ScanRunFile) -> FileScan:
    """Look through a part of a file: where its lines are, and how many have a text."""
    ((_, uri),) = roots_of(tx, [op.run_id])
    root = proxy_path(uri)
    file = None if root is None else file_at(tx, "/".join(filter(None, (root, op.path))))
    if file is None or tx.blobs is None:
        return FileScan()
    digest, size = file
    wanted = op.contains.lower()
    blocks: list[ScanBlock] = []
    at = op.offset
    while at < min(size, op.offset + MAX_SCAN):
        tx.keep_time()
        # The last one takes along what would be a small rest.
        most = size - at if size - at <= SCAN_BLOCK * 5 // 4 else SCAN_BLOCK
        data = tx.blobs.part(digest, at, most)
        if not data:
            return FileScan()
        lines = data.count(b"\n")
        if at + len(data) < size:
            data = data[: data.rfind(b"\n") + 1] or data  # a line longer than a block is cut
        elif not data.endswith(b"\n"):
            lines += 1
        found = _lines_with(data, wanted)
        blocks.append(ScanBlock(offset=at, size=len(data), lines=lines, found=found))
        at += len(data)
    return FileScan(digest=digest, size=size, blocks=blocks, next_offset=at if at < size else None)


def _lines_with(data: bytes, wanted: str) -> int:
    """Return how many lines have a text, as a terminal would leave them (``settled`` of the UI)."""
    if not wanted:
        return 0
    text = data.decode("utf-8", "replace")
    if "\x1b" in text:
        text = _COLOURS.sub("", text)
    if wanted not in text.lower():
        return 0  # what was drawn over is only less
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = _DRAWN_OVER.sub("", text)
    return sum(wanted in line for line in text.lower().split("\n"))
