"""Who may import whom, and what importing costs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from structure.project import SRC, imports, modules, name

EVERYTHING = {"*"}
# A room -> the rooms it may import. Everything may import `errors` and the version.
MAY_IMPORT = {
    "errors": set[str](),
    "api": set[str](),
    "blobs": {"api"},
    "rules": {"api", "foreign_yaml"},
    "log": {"api"},
    "evidence": {"api", "foreign_yaml", "log"},
    "foreign_yaml": set[str](),
    "search": {"api"},
    "settings": set[str](),
    "uris": set[str](),
    "store": {"api", "evidence", "foreign_yaml", "log", "rules", "search"},
    "server": {"api", "blobs", "log", "rules", "uris"},
    "models": {"foreign_yaml", "uris"},
    "client": {"api", "evidence", "models", "settings", "uris"},
    "cli": EVERYTHING,
    "demo": EVERYTHING,
    # Public modules that present the rooms under MLflow's names.
    "__init__": EVERYTHING,
    "__main__": EVERYTHING,
    "artifacts": {"api", "client", "uris"},
    "data": {"api", "client", "models", "uris"},
    "entities": {"api"},
    "exceptions": set[str](),
    "pyfunc": {"artifacts", "client", "models"},
    "sklearn": {"models", "pyfunc"},
    "tracking": {"client"},
}
# The places where the rooms are put together.
OPENS = {
    "src/cuvee/client/connect.py": {"blobs", "store"},
    "src/cuvee/server/run.py": {"blobs", "store"},
}
SQL = {"sqlalchemy", "alembic", "psycopg", "sqlite3"}
CLIENT = {"msgspec", "urllib3", "yaml"}


@pytest.mark.parametrize("path", modules("src"), ids=name)
def test_rooms_import_only_what_stands_below_them(path: Path) -> None:
    room = path.relative_to(SRC).parts[0].removesuffix(".py")
    assert room in MAY_IMPORT, f"{room} is a new room: say in MAY_IMPORT what it may import"
    allowed = MAY_IMPORT[room] | OPENS.get(name(path), set()) | {room, "errors", "__version__"}
    for line, target in imports(path):
        package, _, rest = target.partition(".")
        wanted = rest.partition(".")[0]
        if package == "cuvee" and wanted and allowed.isdisjoint({wanted, "*"}):
            pytest.fail(f"{name(path)}:{line}: {room} may not import {target}")


def test_only_the_store_knows_sql() -> None:
    for path in modules("src"):
        for line, target in imports(path):
            if target.partition(".")[0] in SQL:
                assert path.is_relative_to(SRC / "store"), f"{name(path)}:{line}: {target}"


def run(code: str) -> str:
    """Run Python code in a process of its own and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout


LOADED = """
import sys
before = set(sys.modules)
{code}
names = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(names - set(sys.stdlib_module_names) - {{"cuvee"}}))
"""


def test_importing_cuvee_loads_no_third_party_package() -> None:
    assert run(LOADED.format(code="import cuvee")).split() == []


def test_a_server_starts_without_what_only_some_requests_need(tmp_path: Path) -> None:
    code = (
        "import cuvee.server.run, cuvee.server.keeper; from cuvee.store.sql import SqlStore; "
        f"[SqlStore.open('sqlite:///{tmp_path}/cuvee.db').close() for _ in range(2)]"
    )
    loaded = set(run(LOADED.format(code=code)).split())
    assert "sqlalchemy" in loaded
    assert not loaded & {"alembic", "mako", "numpy", "pandas", "sklearn", "argon2", "psycopg"}


def test_a_client_loads_its_three_packages_only() -> None:
    uses = (
        "import cuvee; cuvee.set_tracking_uri('http://127.0.0.1:9'); cuvee.MlflowClient(); "
        "cuvee.log_metric; cuvee.start_run; cuvee.search_runs; cuvee.entities; cuvee.exceptions"
    )
    by_themselves = run(LOADED.format(code="import " + ", ".join(CLIENT))).split()
    assert set(run(LOADED.format(code=uses)).split()) <= {*by_themselves}


def cpu_seconds(code: str) -> float:
    """Return the CPU time of a Python process that runs the code."""
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", code], os.environ)
    _, status, usage = os.wait4(child, 0)
    assert status == 0
    return usage.ru_utime + usage.ru_stime


def test_importing_cuvee_takes_at_most_60_ms_of_cpu() -> None:
    cpu_seconds("import cuvee")  # compiles the bytecode
    pairs = [(cpu_seconds("pass"), cpu_seconds("import cuvee")) for _ in range(10)]
    nothing, imported = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert imported - nothing <= 0.060
