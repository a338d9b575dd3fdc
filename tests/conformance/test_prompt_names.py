"""A name in use is refused with what it names: a registered model, or a prompt."""

from __future__ import annotations

import pytest

from cuvee.api.base import Store
from cuvee.api.models import CreateRegisteredModel, RegisteredModelTag, SetRegisteredModelTag
from cuvee.errors import AlreadyExists


def test_a_name_in_use_says_what_it_names(store: Store) -> None:
    prompt = RegisteredModelTag("mlflow.prompt.is_prompt", "true")
    store.do(CreateRegisteredModel(name="wine"))
    store.do(CreateRegisteredModel(name="greeting", tags=[prompt]))
    store.do(CreateRegisteredModel(name="once", tags=[prompt]))
    store.do(SetRegisteredModelTag(name="once", key=prompt.key, value="false"))
    for name, tags, words in (
        ("wine", [], r"Registered Model \(name=wine\) already exists"),
        ("once", [], r"Registered Model \(name=once\) already exists"),
        ("greeting", [prompt], r"Prompt \(name=greeting\) already exists"),
        ("wine", [prompt], "create a prompt with name 'wine', .* taken by a registered model"),
        ("greeting", [], "create a registered model with name 'greeting', .* taken by a prompt"),
    ):
        with pytest.raises(AlreadyExists, match=words):
            store.do(CreateRegisteredModel(name=name, tags=tags))
