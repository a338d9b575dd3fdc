"""The files of a pack, and the list of their digests that the server signs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cuvee.api import wire
from cuvee.api.evidence import Gap
from cuvee.evidence.bom import bom
from cuvee.evidence.card import card, listed, plain
from cuvee.evidence.facts import Facts
from cuvee.log.verifier import PACK

MANIFEST = "MANIFEST"

README = """# Evidence pack: {of}

What the registry knew about this version, written and signed by the server.

| file | what it holds |
|---|---|
| card.md | the model card, for reading |
| missing.md | what is missing |
| bom.cdx.json | the bill of materials (CycloneDX 1.6) |
| facts/ | the same as JSON: version, model, run, review, checks, stages, events |
| files.sha256 | the files of the version; the sha256 of this list is the version's digest |
| environment/ | its environment files, as they were registered |
| entries.jsonl | the events as the transparency log has them, each with a proof |
| texts.jsonl | what people wrote in them; the entries hold commitments to it |
| checkpoints.jsonl | the signed state of the log that the proofs lead to |
| MANIFEST | the sha256 of all other files, signed with the log's key |

To check it without the server: `cuvee evidence verify PACK`, or `python verifier.py PACK` with the
single file that Cuvee comes with. Compare the key that it prints with the one that the operator has
published. With the model's files at hand, `sha256sum -c files.sha256` in their directory says
whether they are these.

## What it does not show

- That everything was recorded: it shows what the server has written down, not what it never saw.
- That nothing was changed before the log's first checkpoint had left the operator's reach.
- That params, metrics, tags and datasets are true: clients have sent them.
"""


def members(facts: Facts, missing: Sequence[Gap], log: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a pack, without its manifest.

    Args:
        facts: what is known.
        missing: what is not.
        log: files that prove the events, by path.
    """
    of = f"{plain(facts.version.name)}, version {facts.version.version}"
    found = {
        "README.md": README.format(of=of),
        "card.md": card(facts, missing),
        "missing.md": f"# What is missing: {of}\n\n{listed(missing)}",
        "bom.cdx.json": _indented(msgspec.json.encode(bom(facts))),
        "facts/version.json": _entity(facts.version),
        "facts/model.json": _entity(facts.model),
        "facts/review.json": _json(
            {
                "policy": facts.policy,
                "document": facts.document,
                "requests": facts.requests,
                "emergencies": facts.emergencies,
                "remarks": facts.remarks,
            }
        ),
        "facts/checks.json": _json({"results": facts.checks, "required": facts.required}),
        "facts/stages.json": _json(facts.holdings),
        "facts/events.json": _json(facts.events),
        "facts/missing.json": _json(missing),
        "files.sha256": "".join(sorted(f"{f.digest}  {f.path}\n" for f in facts.files)),
    }
    if facts.run is not None:
        found["facts/run.json"] = _entity(facts.run)
    found |= {f"environment/{path}": text for path, text in facts.texts.items()}
    return found | dict(log)


def manifest(facts: Facts, files: Mapping[str, str]) -> str:
    """Return the text that is signed: of what, and the sha256 of each file.

    Args:
        facts: of which version.
        files: the pack's files, without the manifest.
    """
    version = facts.version
    lines = [
        PACK,
        f"version {json.dumps(version.name)} {version.version}",
        f"digest {version.digest or 'none'}",
        *(f"{hashlib.sha256(files[path].encode()).hexdigest()}  {path}" for path in sorted(files)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _entity(value: msgspec.Struct) -> str:
    return _indented(wire.encode(value))


def _json(value: Any) -> str:
    return _indented(msgspec.json.encode(value))


def _indented(body: bytes) -> str:
    return msgspec.json.format(body, indent=2).decode() + "\n"
