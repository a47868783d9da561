"""What must come of a values document: the schema and the Rules of the contract have the only say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from chartgen import values
from chartgen.contract import OWN
from chartgen.first import optional, with_defaults
from chartgen.frozen import Frozen
from chartgen.renames import forward
from chartgen.schema import compiled, path_text
from chartgen.settings import tree

if TYPE_CHECKING:
    from chartgen.contract import Contract
    from chartgen.engine import Answer
    from chartgen.schema_words import SchemaError
    from chartgen.verify.document import Values

Verdict = Literal["accepted", "schema", "rule"]


class Expected(Frozen):
    """The verdict on a document, and in which words it is refused: those of any one Rule that refuses it."""

    verdict: Verdict
    sentences: tuple[str, ...] = ()


class Expectation:
    """Judges documents on top of a chart's defaults, without any Helm."""

    def __init__(self, contract: Contract, defaults: Values) -> None:
        self._contract, self._defaults = contract, values.Defaults(defaults)
        self._renamed = tuple(setting for setting in contract.settings if setting.renamed_from)
        self._validator = compiled(contract.schema)
        # A chart that is not ours carries no Rules: what its templates refuse in words is theirs to say.
        self.complete = OWN in contract.schema
        self._optional = tuple(optional(tree(contract.settings))) if self.complete else ()

    def seen(self, document: Values) -> dict[str, Any]:
        """The values as the schema and the templates see them, to be looked at and not changed."""
        return self._defaults.under(document)

    def of(self, document: Values) -> Expected:
        """What must come of a document."""
        seen = self.seen(document)
        if not self._validator.accepts(seen):
            errors = self._validator.errors(seen)
            return Expected("schema", tuple(f"{path_text(e.path)}: {e.message}" for e in errors))
        sentences = self._sentences(seen)
        return Expected("rule", sentences) if sentences else Expected("accepted")

    def accepts(self, document: Values) -> bool:
        """Whether a document must be rendered."""
        seen = self.seen(document)
        return self._validator.accepts(seen) and not self._sentences(seen)

    def _sentences(self, seen: dict[str, Any]) -> tuple[str, ...]:
        seen = with_defaults(seen, self._optional)
        moved, clashes = forward(seen, self._renamed) if self._renamed else (seen, ())
        return (*clashes, *(rule.sentence for rule in self._contract.rules if not rule.accepts(moved)))

    def errors(self, document: Values) -> tuple[SchemaError, ...]:
        """What the schema has against a document."""
        return self._validator.errors(self.seen(document))


def disagreement(expected: Expected, answer: Answer) -> str:
    """How an answer of Helm differs from what must have come; "" when it does not."""
    from chartgen.manifest import Rendering

    if isinstance(answer, Rendering):
        if expected.verdict == "accepted":
            return ""
        return f"Helm renders what must be refused: {'; '.join(expected.sentences)}"
    if expected.verdict == "accepted":
        # A Rule about the release itself is no relation of settings: a sentence without a path says so.
        return f"the schema and the Rules accept it, and Helm does not: {answer.message}"
    if expected.verdict != answer.kind:
        wanted = f"it must be refused by the {expected.verdict} ({expected.sentences[0]})"
        return f"{wanted}; Helm says: {answer.message}"
    if expected.verdict == "rule" and answer.message not in expected.sentences:
        return f"the sentence must be {' or '.join(expected.sentences)}; Helm says: {answer.message}"
    return ""
