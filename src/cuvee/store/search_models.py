"""The searches for registered models and model versions in SQL.

Prompts are registered models (and versions) with the tag ``mlflow.prompt.is_prompt`` = ``true``.
They stay hidden unless the filter asks for them, so a clause that excludes them says nothing new,
and must not exclude the ordinary models, which lack the tag.
"""

from __future__ import annotations

from sqlalchemy import and_, exists, select, true

from cuvee.api.models import ListRegisteredModels, RegisteredModelPage, SearchRegisteredModels
from cuvee.api.versions import ModelVersionPage, SearchModelVersions
from cuvee.search.filters import parse_filter
from cuvee.search.languages import MODEL_VERSIONS, REGISTERED_MODELS
from cuvee.search.orders import parse_order
from cuvee.search.tree import And, Clause, Kind, Node, OrderKey, Side, clauses_of, replaced
from cuvee.store import schema
from cuvee.store.conditions import Condition, Keyed, Row, Subject
from cuvee.store.engine import arg
from cuvee.store.filters import Search
from cuvee.store.model_data import load_models
from cuvee.store.paging import count_found, find_page
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions
from cuvee.store.visible import MODEL_PATH, readable

PROMPT_TAG = "mlflow.prompt.is_prompt"
_ASKS_FOR_PROMPTS = {("=", "true"), ("!=", "false")}
_EXCLUDES_PROMPTS = {("!=", "true"), ("=", "false")}
_NAME = Side(Kind.ATTRIBUTE, "name")

_ALL = And(())
_m = schema.registered_models
_mt = schema.registered_model_tags
_v = schema.model_versions
_vt = schema.model_version_tags

_MODELS = Subject(
    source=_m,
    row=Row(
        _m.c.pk,
        {
            "name": _m.c.name,
            "folder": _m.c.folder,
            "last_updated_timestamp": _m.c.updated,
        },
    ),
    keyed={Kind.TAG: Keyed(_mt, owner=_mt.c.model_pk, key=_mt.c.key)},
)
_VERSIONS = Subject(
    source=_v.join(_m, _m.c.pk == _v.c.model_pk),
    row=Row(
        _v.c.pk,
        {
            "name": _m.c.name,
            "run_id": _v.c.run_id,
            "source_path": _v.c.source,
            "current_stage": _v.c.stage,
            "version_number": _v.c.version,
            "creation_timestamp": _v.c.created,
            "last_updated_timestamp": _v.c.updated,
        },
    ),
    keyed={Kind.TAG: Keyed(_vt, owner=_vt.c.version_pk, key=_vt.c.key)},
)
MODEL_IS_NO_PROMPT = ~exists().where(
    _mt.c.model_pk == _m.c.pk, _mt.c.key == PROMPT_TAG, _mt.c.value == "true"
)
_VERSION_IS_NONE = ~exists().where(
    _vt.c.version_pk == _v.c.pk, _vt.c.key == PROMPT_TAG, _vt.c.value == "true"
)
# These say nothing new beside the name, but let the database take a model's versions in the order
# of their index, rather than read and sort all of them.
_named = _m.alias()
_ONE_MODEL = select(_named.c.pk).where(_named.c.name == arg("one_model")).scalar_subquery()
_ONE_IS_NONE = ~exists().where(
    _mt.c.model_pk == _ONE_MODEL, _mt.c.key == PROMPT_TAG, _mt.c.value == "true"
)


def list_registered_models(tx: Tx, op: ListRegisteredModels) -> RegisteredModelPage:
    asked = SearchRegisteredModels(max_results=op.max_results, page_token=op.page_token)
    return search_registered_models(tx, asked)


def search_registered_models(tx: Tx, op: SearchRegisteredModels) -> RegisteredModelPage:
    search = readable_models(tx, op.filter, op.order_by)
    rows, token = find_page(
        search,
        list(_m.c),
        limit=op.max_results,
        token=op.page_token,
        offset=op.offset,
        question=["models", op.filter, op.order_by],
    )
    total = count_found(search) if op.total else None
    return RegisteredModelPage(load_models(tx, rows), token, total)


def readable_models(tx: Tx, text: str, order_by: list[str]) -> Search:
    """Return the search for the registered models that pass a filter and may be read, in an order.

    Raises:
        InvalidParameter: the filter or the order cannot be read.
    """
    order = parse_order(order_by, REGISTERED_MODELS)
    tree, hidden = _without_prompts(parse_filter(text, REGISTERED_MODELS), [MODEL_IS_NO_PROMPT])
    search = Search(tx, _MODELS, "models")
    mine = readable(tx, "model", _m.c.pk, MODEL_PATH)
    search.demand(*mine[:2], **mine.values)
    search.demand(len(hidden), lambda: and_(true(), *hidden))
    search.filter(tree)
    for key in order:
        search.sort(key)
    if "name" not in {key.key for key in order}:
        search.sort(OrderKey(Kind.ATTRIBUTE, "name"))
    return search


def search_model_versions(tx: Tx, op: SearchModelVersions) -> ModelVersionPage:
    order = parse_order(op.order_by, MODEL_VERSIONS)
    asked = parse_filter(op.filter, MODEL_VERSIONS)
    named = _name_of(asked)
    hides = [MODEL_IS_NO_PROMPT if named is None else _ONE_IS_NONE, _VERSION_IS_NONE]
    tree, hidden = _without_prompts(asked, hides)
    search = Search(tx, _VERSIONS, "versions")
    mine = readable(tx, "model", _m.c.pk, MODEL_PATH)
    search.demand(*mine[:2], **mine.values)
    search.demand((len(hidden), named is None), lambda: and_(true(), *hidden))
    if named is not None:
        search.demand("of one model", lambda: _v.c.model_pk == _ONE_MODEL, one_model=named)
    search.filter(tree)
    for key in order:
        search.sort(key)
    used = {key.key for key in order}
    if not order:
        search.sort(OrderKey(Kind.ATTRIBUTE, "last_updated_timestamp", descending=True))
    if "name" not in used:
        search.sort(OrderKey(Kind.ATTRIBUTE, "name"))
    if "version_number" not in used:
        search.sort(OrderKey(Kind.ATTRIBUTE, "version_number", descending=True))
    rows, token = find_page(
        search,
        [*_v.c, _m.c.name],
        limit=op.max_results,
        token=op.page_token,
        offset=op.offset,
        question=["versions", op.filter, op.order_by],
    )
    total = count_found(search) if op.total else None
    found = load_versions(tx, [(row[-1], row[:-1]) for row in rows])
    return ModelVersionPage(found, token, total)


def _without_prompts(tree: Node, hidden: list[Condition]) -> tuple[Node, list[Condition]]:
    """Return the filter and the conditions that hide prompts, unless it asks for them."""
    if any(_says(clause, _ASKS_FOR_PROMPTS) for clause in clauses_of(tree)):
        return tree, []
    # What excludes them says no more; models lack the tag.
    return replaced(tree, lambda c: _ALL if _says(c, _EXCLUDES_PROMPTS) else c), hidden


def _name_of(tree: Node) -> str | None:
    """Return the name of the one model that a filter finds versions of, if it names one."""
    for part in tree.parts if isinstance(tree, And) else (tree,):
        if isinstance(part, Clause) and part.side == _NAME and part.op == "=":
            return part.value if isinstance(part.value, str) else None
    return None


def _says(clause: Clause, what: set[tuple[str, str]]) -> bool:
    return (
        clause.kind is Kind.TAG and clause.key == PROMPT_TAG and (clause.op, clause.value) in what
    )
