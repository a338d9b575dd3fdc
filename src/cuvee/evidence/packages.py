"""What a model needs to run: the packages that its environment files name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from cuvee import foreign_yaml
from cuvee.evidence.facts import REQUIREMENTS, requirements

Kind = Literal["python", "pip", "conda", "build"]
FILES = (REQUIREMENTS, "python_env.yaml", "conda.yaml")
"""The files that are read, the most exact first: what one says counts over those behind it."""

_SPEC = re.compile(r"([\w.-]+(?:::[\w.-]+)?)\s*(.*)", re.DOTALL)


def packages(texts: Mapping[str, str]) -> dict[tuple[Kind, str], str]:
    """Return the packages that environment files name: kind and name -> version.

    A version is what stands behind the name: ``2.1.0``, ``>=2,<3`` or nothing. Where more stands
    there, such as a condition, it is the line.

    Args:
        texts: those of ``FILES`` that there are.

    Raises:
        ValueError: says which file cannot be read.
    """
    found = dict(_pip(texts.get(REQUIREMENTS, "")))
    for path, read in (("python_env.yaml", _python_env), ("conda.yaml", _conda)):
        if path in texts:
            for package, version in read(_mapping(path, texts[path])):
                found.setdefault(package, version)
    return found


def _mapping(path: str, text: str) -> dict[str, Any]:
    try:
        found = foreign_yaml.load(text)
    except ValueError:
        raise ValueError(f"{path} is not YAML") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no mapping")  # noqa: TRY004  # it is the text that is wrong
    return found


def _pip(text: str) -> Iterator[tuple[tuple[Kind, str], str]]:
    named, others = requirements(text)
    for each in named:
        pinned = re.fullmatch(r"[\w.-]+ ?==? ?[^ ;,\[\]]+", each.line)
        rest = re.fullmatch(r"[\w.-]+ ?([<>=!~][^;@]*)?", each.line)
        if pinned:
            yield ("pip", each.name), each.version
        else:
            yield ("pip", each.name), (rest[1] or "") if rest else each.line
    for line in others:
        yield ("pip", line), ""


def _python_env(found: Mapping[str, Any]) -> Iterator[tuple[tuple[Kind, str], str]]:
    if found.get("python") is not None:
        yield ("python", "python"), str(found["python"])
    for line in _texts(found.get("build_dependencies")):
        yield from ((("build", name), version) for (_, name), version in _pip(line))


def _conda(found: Mapping[str, Any]) -> Iterator[tuple[tuple[Kind, str], str]]:
    listed = found.get("dependencies")
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict):
            yield from _pip("\n".join(_texts(item.get("pip"))))
        elif isinstance(item, str) and (match := _SPEC.fullmatch(item.strip())):
            name, version = match[1].lower(), match[2].lstrip("=").strip()
            yield (("python" if name == "python" else "conda"), name), version


def _texts(listed: Any) -> list[str]:
    return [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []
