"""Frozen dataclasses that are quick to declare.

`@dataclass(frozen=True)` compiles six methods for every class, half a millisecond in all: for the forty
classes behind `generate` a tenth of its time. The classes here share one set of methods, and are dataclasses
in everything else: `fields`, `replace`, `field` and `is_dataclass` treat them alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field
from operator import itemgetter
from typing import Any, ClassVar, NoReturn, TypeAlias, dataclass_transform


class _Nothing:
    """Gets the values of no field."""

    def __call__(self, _values: Mapping[str, Any]) -> tuple[()]:
        return ()


Getter: TypeAlias = "itemgetter[Any] | _Nothing"


def _getter(names: Iterable[str]) -> Getter:
    """What gets the values of fields, at the speed of C."""
    given = tuple(names)
    return itemgetter(*given) if given else _Nothing()


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Frozen:
    """A value: made from its fields by position or name, equal by them, ordered by them, never changed."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    __match_args__: ClassVar[tuple[str, ...]]
    _defaults: ClassVar[dict[str, Any]]
    _factories: ClassVar[dict[str, Callable[[], Any]]]
    _tail: ClassVar[tuple[Any, ...]]  # the defaults that the last fields have
    _compared: ClassVar[Getter]
    _hashed: ClassVar[Getter]

    def __init_subclass__(cls) -> None:
        dataclass(init=False, repr=False, eq=False)(cls)
        fields = cls.__dataclass_fields__.values()
        cls._defaults = {f.name: f.default for f in fields if f.default is not MISSING}
        cls._factories = {f.name: f.default_factory for f in fields if f.default_factory is not MISSING}
        cls._tail = tuple(f.default for f in fields)
        cls._tail = cls._tail[max((n for n, d in enumerate(cls._tail, 1) if d is MISSING), default=0) :]
        cls._compared = _getter(f.name for f in fields if f.compare)
        cls._hashed = _getter(f.name for f in fields if f.compare and f.hash is not False)

    def __init__(self, *args: Any, **named: Any) -> None:
        names, given = self.__match_args__, len(args)
        if given == len(names) and not named:  # the short way, which most values take
            self.__dict__.update(zip(names, args, strict=True))
        elif not named and 0 < len(names) - given <= len(self._tail):
            self.__dict__.update(zip(names, args + self._tail[given - len(names) :], strict=True))
        else:
            self.__dict__.update(self._values(args, named))

    def _values(self, args: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
        given = {**dict(zip(self.__match_args__, args, strict=False)), **named}
        values = {**self._defaults, **given}
        for name, make in self._factories.items():
            if name not in given:
                values[name] = make()
        if len(given) != len(args) + len(named) or values.keys() != self.__dataclass_fields__.keys():
            wanted, found = ", ".join(self.__match_args__), ", ".join([*map(repr, args), *named])
            raise TypeError(f"{type(self).__name__} is made from {wanted}, not from {found}")
        return values

    def __eq__(self, other: object) -> bool:
        if self.__class__ is not other.__class__:
            return NotImplemented
        return self is other or bool(self._compared(self.__dict__) == self._compared(other.__dict__))

    def __lt__(self, other: Any) -> bool:
        if self.__class__ is not other.__class__:
            return NotImplemented
        return bool(self._compared(self.__dict__) < self._compared(other.__dict__))

    def __hash__(self) -> int:
        return hash(self._hashed(self.__dict__))

    def __repr__(self) -> str:
        shown = (f"{f.name}={getattr(self, f.name)!r}" for f in self.__dataclass_fields__.values() if f.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")
