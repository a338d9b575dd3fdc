"""Which operation answers which method and path; made from the list of operations."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from cuvee.api import ROUTED
from cuvee.api.base import MLFLOW, MLFLOW_3, Op, Permission

AnyOp = type[Op[Any]]

# Where clients look for the protocol's calls: the API, the web UI's twin of it, and the addresses
# that clients before MLflow 2 use for the registry.
BASES = {
    MLFLOW: (
        MLFLOW,
        "/ajax-api/2.0/mlflow",
        "/api/2.0/preview/mlflow",
        "/ajax-api/2.0/preview/mlflow",
    ),
    MLFLOW_3: (MLFLOW_3, "/ajax-api/3.0/mlflow"),
}

OF_OBJECTS = frozenset({Permission.READ, Permission.EDIT, Permission.MANAGE})


class Routes:
    """Finds operations by method and path, in one look into a dictionary for nearly all."""

    def __init__(self) -> None:
        self.exact: dict[tuple[str, str], AnyOp] = {}
        self.methods: dict[str, set[str]] = {}
        self._templates: list[tuple[re.Pattern[str], dict[str, AnyOp]]] = []
        for op in ROUTED:
            if not isinstance(op.needs, Permission):
                raise TypeError(f"{op.__name__} does not say which permission it needs")
            if op.needs in OF_OBJECTS and not op.of:
                raise TypeError(f"{op.__name__} does not say of what it needs {op.needs.value}")
            self._add(op)

    def _add(self, op: AnyOp) -> None:
        for base in BASES.get(op.base, (op.base,)):
            path = f"{base}/{op.route}"
            if "{" not in path:
                for method in op.methods:
                    self.exact[method, path] = op
                    self.methods.setdefault(path, set()).add(method)
                continue
            pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
            for held, by_method in self._templates:
                if held.pattern == pattern.pattern:
                    by_method.update(dict.fromkeys(op.methods, op))
                    break
            else:
                self._templates.append((pattern, dict.fromkeys(op.methods, op)))

    def find(self, method: str, path: str) -> tuple[AnyOp | None, dict[str, str], set[str]]:
        """Find the operation at a method and path.

        Args:
            method: HTTP method.
            path: path as it was sent, still percent-encoded.

        Returns:
            The operation (None when there is none), the fields in the path, and the methods that
            the path answers.
        """
        op = self.exact.get((method, path))
        if op is not None:
            return op, {}, set()
        methods = set(self.methods.get(path, ()))
        for pattern, by_method in self._templates:
            match = pattern.fullmatch(path)
            if match is not None:
                methods |= by_method.keys()
                if method in by_method:
                    fields = {k: unquote(v, errors="strict") for k, v in match.groupdict().items()}
                    return by_method[method], fields, methods
        return None, {}, methods
