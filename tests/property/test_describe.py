"""Whatever the model can hold is dumped, loaded the same, and accepted by the schema."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from chartgen import documents
from chartgen.errors import ModelError
from chartgen.model import App
from chartgen.model.describe import dump, schema
from chartgen.model.field import Constraint, constraint
from chartgen.model.load import declared, hints, read

VALIDATOR = jsonschema.Draft7Validator(schema(App, "app.yaml"))
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab:# '\n", max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=2),
    max_leaves=3,
)
FORMS = {
    "relative": st.sampled_from(["a", "a/b", "a b/c.d"]),
    "sub path": st.sampled_from(["a", "a/b", "_x/c.d"]),
    "absolute": st.sampled_from(["/", "/a", "/a/b.c"]),
    "version": st.sampled_from(["0.1.0", "1.2.3-rc.1+b", "10.20.30"]),
}


def _texts(rule: Constraint) -> st.SearchStrategy[str]:
    if rule.enum:
        return st.sampled_from(rule.enum)
    if rule.form:
        return FORMS[rule.form]
    if rule.pattern:
        return st.from_regex(re.compile(rule.pattern, re.ASCII), fullmatch=True).filter(
            lambda text: len(text) <= (rule.max_length or 99)
        )
    return st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=9)


def _values(annotation: Any, rule: Constraint) -> st.SearchStrategy[Any]:
    """Data that the loader takes for a field of this type."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return st.one_of([_values(option, rule) for option in get_args(annotation)])
    if origin is tuple:
        return st.lists(_values(get_args(annotation)[0], rule), max_size=2)
    if origin is not None and issubclass(origin, Mapping):
        keys = st.from_regex(re.compile(rule.keys or "[a-z]{1,3}", re.ASCII), fullmatch=True)
        plain = dataclasses.replace(rule, keys="")
        return st.dictionaries(
            keys.filter(lambda key: len(key) < 30), _values(get_args(annotation)[1], plain), max_size=2
        )
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return st.deferred(lambda: documents_of(annotation))
    plain_types = {bool: st.booleans(), type(None): st.none(), str: _texts(rule), Any: ANY}
    if annotation is int:
        return st.integers(rule.minimum or 0, rule.maximum or 10**6)
    return plain_types[annotation]


def documents_of(of: type) -> st.SearchStrategy[dict[str, Any]]:
    """Documents that describe a value of the dataclass: what is required, and some of the rest."""
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, field in declared(of).items():
        strategy = _values(hints(of)[name], constraint(field))
        has_default = (
            field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        )
        (optional if has_default else required)[name] = strategy
    return st.fixed_dictionaries(required, optional=optional)


@settings(max_examples=60)
@given(documents_of(App))
def test_what_is_loaded_is_dumped_loaded_the_same_and_fits_the_schema(data: dict[str, Any]) -> None:
    try:
        app = read(App, documents.load(documents.dump(data), "app.yaml"))
    except ModelError as error:
        raise AssertionError(str(error)) from None
    dumped = dump(app)
    assert read(App, documents.load(documents.dump(dumped), "app.yaml")) == app
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []
    assert [error.message for error in VALIDATOR.iter_errors(dumped)] == []
