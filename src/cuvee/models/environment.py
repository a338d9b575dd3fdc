"""The environment files of a model: requirements.txt, conda.yaml and python_env.yaml.

The requirements list what the model's own code needs, pinned to what is installed. Neither Cuvee
nor MLflow is among them: whoever loads or serves the model brings the platform, in the version
that does the loading. A pin of the platform would be wrong as soon as the other one reads the
model, would keep an old server from ever being replaced, and warns at every load. Where the
model's own code imports cuvee, that import is found and pinned like any other.
"""

from __future__ import annotations

import ast
import dis
import json
import logging
import sys
import types
import zipfile
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from cuvee.errors import InvalidParameter
from cuvee.models.directory import files_below
from cuvee.models.pickles import names_in

_log = logging.getLogger(__name__)

REQUIREMENTS = "requirements.txt"
CONDA = "conda.yaml"
PYTHON = "python_env.yaml"


def write_environment(
    root: Path,
    needed: Sequence[str],
    *,
    modules: Iterable[str] = (),
    pip_requirements: str | Sequence[str] | None = None,
    extra_pip_requirements: str | Sequence[str] | None = None,
    conda_env: str | dict[str, Any] | None = None,
) -> None:
    """Write the three files.

    Args:
        root: the model's directory.
        needed: distributions that the flavour always needs.
        modules: modules that the model was seen to import.
        pip_requirements: requirements that replace the inferred ones, or a file of them.
        extra_pip_requirements: requirements that are added, or a file of them.
        conda_env: a conda environment that replaces all of that, or a file with one.

    Raises:
        InvalidParameter: arguments that exclude each other, or a file that is not there.
    """
    import yaml

    given = [conda_env, pip_requirements, extra_pip_requirements]
    if sum(g is not None for g in given) > 1:
        raise InvalidParameter(
            "Give only one of conda_env, pip_requirements and extra_pip_requirements."
        )
    if conda_env is not None:
        conda = _conda_from(conda_env)
        lines = _pip_part(conda)
    else:
        if pip_requirements is not None:
            lines = _lines(pip_requirements)
        else:
            extra = _lines(extra_pip_requirements)
            named = {_base_name(line) for line in extra}
            inferred = pinned(needed, modules)
            lines = [r for r in inferred if _base_name(r) not in named] + extra
        conda = {
            "name": "cuvee-env",
            "channels": ["conda-forge"],
            "dependencies": [f"python={python_version()}", _pip("<="), {"pip": lines}],
        }
    python_env = {
        "python": python_version(),
        "build_dependencies": [p for p in (_pip("=="), _pin("setuptools"), "wheel") if p],
        "dependencies": [f"-r {REQUIREMENTS}"],
    }
    (root / REQUIREMENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, content in ((CONDA, conda), (PYTHON, python_env)):
        (root / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def python_version() -> str:
    """Return this Python's version, as in ``3.13.0``."""
    return ".".join(str(n) for n in sys.version_info[:3])


def pinned(needed: Iterable[str], modules: Iterable[str]) -> list[str]:
    """Return requirements for distributions and for the modules' distributions, sorted.

    Args:
        needed: names of distributions; those not installed are passed over.
        modules: names of modules; the standard library and local files are passed over.
    """
    tops = {m.partition(".")[0] for m in modules} - set(sys.stdlib_module_names) - {"__main__"}
    homes = metadata.packages_distributions() if tops else {}
    names = {*needed, *(dist for top in tops for dist in homes.get(top, ()))}
    by_name = {_base_name(line): line for line in map(_pin, names) if line}
    return [by_name[name] for name in sorted(by_name)]


def _pin(name: str) -> str | None:
    try:
        # A local version such as 2.5+cpu is on no index.
        return f"{name}=={metadata.version(name).partition('+')[0]}"
    except metadata.PackageNotFoundError:
        return None


def _pip(relation: str) -> str:
    line = _pin("pip")
    return "pip" if line is None else line.replace("==", relation)


def _base_name(line: str) -> str:
    name = line.strip()
    for i, char in enumerate(name):
        if not (char.isalnum() or char in "-_."):
            name = name[:i]
            break
    return name.lower().replace("_", "-").replace(".", "-")


def _lines(given: str | Sequence[str] | None) -> list[str]:
    if given is None:
        return []
    if isinstance(given, (str, Path)):
        try:
            text = Path(given).read_text(encoding="utf-8")
        except OSError as e:
            raise InvalidParameter(
                f"Requirements must be a list, or the path of a file; {given!r} cannot be read."
            ) from e
        given = text.splitlines()
    return [line.strip() for line in given if line.strip() and not line.strip().startswith("#")]


def _conda_from(given: str | dict[str, Any]) -> dict[str, Any]:
    if isinstance(given, dict):
        return given
    import yaml

    try:
        found = yaml.safe_load(Path(given).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as e:
        raise InvalidParameter(f"The conda environment {given!r} cannot be read: {e}") from e
    if not isinstance(found, dict):
        raise InvalidParameter(f"The file {given!r} holds no conda environment.")
    return found


def _pip_part(conda: dict[str, Any]) -> list[str]:
    for each in conda.get("dependencies") or ():
        if isinstance(each, dict) and "pip" in each:
            return list(each["pip"])
    return []


def warn_of_differences(root: Path) -> None:
    """Log where installed packages differ from those that the model was saved with.

    Args:
        root: the model's directory.
    """
    path = root / REQUIREMENTS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = []
    for line in lines:
        name, _, wanted = line.split(";")[0].strip().partition("==")
        # What loads the model is no part of it: see the head of this file.
        if not wanted or name.strip() in ("mlflow", "mlflow-skinny", "cuvee"):
            continue
        have = (_pin(name.partition("[")[0].strip()) or "").partition("==")[2]
        if have != wanted.strip().partition("+")[0]:
            found.append(f"{name} {wanted} there, {have or 'none'} here")
    if found:
        _log.warning("Installed packages differ from the model's: %s.", "; ".join(found))


def modules_of_pickle(path: Path) -> set[str]:
    """Return the modules that a pickle imports, without loading it."""
    with path.open("rb") as stream:
        return set(names_in(stream))


def modules_of_skops(path: Path) -> set[str]:
    """Return the modules of the types in a skops file, without loading it."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("__module__"), str):
                found.add(node["__module__"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    with zipfile.ZipFile(path) as archive:
        walk(json.loads(archive.read("schema.json")))
    return found


def modules_of_code(directory: Path) -> set[str]:
    """Return the modules that Python files import, without running them."""
    found: set[str] = set()
    for path in files_below(directory) if directory.exists() else ():
        if path.suffix != ".py":
            continue
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return found


def modules_of_object(value: Any) -> set[str]:
    """Return the modules that a function's, or an object's methods', own code imports."""
    if isinstance(value, types.FunctionType):
        return _imports(value.__code__)
    return {
        name
        for cls in type(value).__mro__[:-1]
        for method in vars(cls).values()
        if isinstance(method, types.FunctionType)
        for name in _imports(method.__code__)
    }


def _imports(code: types.CodeType) -> set[str]:
    found = {i.argval for i in dis.get_instructions(code) if i.opname == "IMPORT_NAME"}
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            found |= _imports(inner)
    return found
