"""YAML for documents that people review: nothing twice, nothing by reference."""

from __future__ import annotations

from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Reads plain data; refuses anchors, and names that occur twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="anchors (&) and references (*) are not allowed",
                problem_mark=event.start_mark,
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{key.value!r} occurs twice", problem_mark=key.start_mark
                )
            seen.add(key.value if isinstance(key.value, str) else id(key))
        return super().construct_mapping(node, deep)


# Dates stay texts, and so do on, off, yes and no: people mean them as names.
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge")
        and not (tag == "tag:yaml.org,2002:bool" and first not in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str) -> Any:
    """Read one YAML document.

    Raises:
        yaml.YAMLError: it is not YAML, or uses what is not allowed here.
    """
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    except (AttributeError, LookupError, TypeError) as problem:
        # What the library raises for a name that is a list, or a tag that does not fit its text.
        raise yaml.YAMLError("a name in it is no text, or a tag does not fit") from problem
    finally:
        loader.dispose()
