"""What xAPI 1.0.3 asks of a statement, as a JSON Schema.

It is from "Experience API, Part Two: Data", whose sections are named, and takes what a record provider should do for
what it must: nothing besides what the specification names, times with a zone, no version. Left out are statements
about statements and attachments, which nothing here makes.
"""

from __future__ import annotations

from typing import Any, Final

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

Schema = dict[str, Any]

_NO_SURROGATES: Final = r"\A[^\ud800-\udfff]*\Z"
_IRI: Final = r"""\A[A-Za-z][A-Za-z0-9+.-]*:(?:[^\x00-\x20"<>\\^`{|}%\x7f\ud800-\udfff]|%[0-9A-Fa-f]{2})+\Z"""
"""RFC 3987, as far as a pattern goes: a scheme, then characters that may stand there, the others with a per cent."""
_UUID: Final = r"\A[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}\Z"
"""RFC 4122, variant 2 (4.4)."""
_TIME: Final = (
    r"\A\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)\.\d{3,}"
    r"(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)\Z"
)
"""RFC 3339, to the millisecond at least, with a zone (4.5)."""
_NUMBER: Final = r"\d+(?:\.\d{1,2})?"
_DURATION: Final = (
    rf"\AP(?:{_NUMBER}W|(?=.)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)\Z"
)
"""ISO 8601, 4.4.3.2, to the hundredth of a second at most; weeks stand alone (4.6)."""
_TAG: Final = (
    r"\A[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*\Z"
)
"""RFC 5646: language, script, region, variants."""
_DECIMAL: Final = r"-?\d+(?:\.\d+)?"

TEXT: Final[Schema] = {"type": "string", "pattern": _NO_SURROGATES}
IRI: Final[Schema] = {"type": "string", "pattern": _IRI}
_NAMED: Final[Schema] = {"type": "string", "pattern": _NO_SURROGATES, "minLength": 1}


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object with these properties and no others, and not an empty one (2.2)."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        "minProperties": 1,
    }


def _map(keys: str, values: Schema) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": keys},
        "additionalProperties": values,
        "minProperties": 1,
    }


_LANGUAGES: Final = _map(_TAG, TEXT)
_EXTENSIONS: Final = _map(_IRI, {})

_ACCOUNT: Final = _object(("homePage", "name"), homePage=IRI, name=_NAMED)

AGENT: Final = _object(
    objectType={"const": "Agent"},
    name=TEXT,
    mbox={"type": "string", "pattern": r"\Amailto:[^@\s]+@[^@\s]+\Z"},
    mbox_sha1sum={"type": "string", "pattern": r"\A[0-9a-fA-F]{40}\Z"},
    openid=IRI,
    account=_ACCOUNT,
) | {"oneOf": [{"required": [identifier]} for identifier in ("mbox", "mbox_sha1sum", "openid", "account")]}
"""Exactly one inverse functional identifier (2.4.2)."""

_COMPONENTS: Final[Schema] = {
    "type": "array",
    "items": _object(("id",), id=_NAMED, description=_LANGUAGES),
    "uniqueItems": True,
}

_RESPONSES: Final = {
    "true-false": r"\A(?:true|false)\Z",
    "choice": _NO_SURROGATES,
    "fill-in": _NO_SURROGATES,
    "long-fill-in": _NO_SURROGATES,
    "matching": r"\A(?:.+\[\.\].+)?\Z",
    "performance": r"\A(?:.+\[\.\].*)?\Z",
    "sequencing": _NO_SURROGATES,
    "likert": r"\A(?:(?!\[,\]).)+\Z",
    "numeric": rf"\A(?:{_DECIMAL}|(?:{_DECIMAL})?\[:\](?:{_DECIMAL})?)\Z",
    "other": _NO_SURROGATES,
}
"""How a response to each type of interaction is written (2.4.4.1)."""

_LISTS: Final = {
    "choice": ("choices",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "matching": ("source", "target"),
    "performance": ("steps",),
}
"""The lists that each type of interaction may have."""

_ALL_LISTS: Final = ("choices", "scale", "source", "target", "steps")


def _interaction(kind: str) -> Schema:
    """What goes with a type of interaction, and only with it."""
    rules: Schema = {name: False for name in _ALL_LISTS if name not in _LISTS.get(kind, ())}
    patterns = {"type": "array", "items": TEXT | {"pattern": _RESPONSES[kind]}}
    return {
        "if": {"properties": {"interactionType": {"const": kind}}, "required": ["interactionType"]},
        "then": {
            "properties": rules
            | {
                "correctResponsesPattern": patterns,
                "type": {"const": "http://adlnet.gov/expapi/activities/cmi.interaction"},
            }
        },
    }


DEFINITION: Final = _object(
    ("name", "type"),
    name=_LANGUAGES,
    description=_LANGUAGES,
    type=IRI,
    moreInfo=IRI,
    extensions=_EXTENSIONS,
    interactionType={"enum": list(_RESPONSES)},
    correctResponsesPattern={"type": "array"},
    **dict.fromkeys(_ALL_LISTS, _COMPONENTS),
) | {
    "dependentRequired": {key: ["interactionType"] for key in ("correctResponsesPattern", *_ALL_LISTS)},
    "if": {"properties": {"type": {"const": "http://adlnet.gov/expapi/activities/cmi.interaction"}}},
    "then": {"required": ["interactionType"]},
    "allOf": [_interaction(kind) for kind in _RESPONSES],
}
"""An activity's definition; interactions have a type, and what goes with it (2.4.4.1)."""

ACTIVITY: Final = _object(("id", "definition"), objectType={"const": "Activity"}, id=IRI, definition=DEFINITION)

_ACTIVITIES: Final[Schema] = {"type": "array", "items": ACTIVITY, "minItems": 1}

_SCORE: Final = _object(
    ("scaled",),
    scaled={"type": "number", "minimum": -1, "maximum": 1},
    raw={"type": "number"},
    min={"type": "number"},
    max={"type": "number"},
)

RESULT: Final = _object(
    score=_SCORE,
    success={"type": "boolean"},
    completion={"type": "boolean"},
    response=TEXT,
    duration={"type": "string", "pattern": _DURATION},
    extensions=_EXTENSIONS,
)

CONTEXT: Final = _object(
    registration={"type": "string", "pattern": _UUID},
    instructor=AGENT,
    contextActivities=_object(parent=_ACTIVITIES, grouping=_ACTIVITIES, category=_ACTIVITIES, other=_ACTIVITIES),
    revision=TEXT,
    platform=TEXT,
    language={"type": "string", "pattern": _TAG},
    extensions=_EXTENSIONS,
)

STATEMENT: Final = _object(
    ("id", "actor", "verb", "object", "timestamp"),
    id={"type": "string", "pattern": _UUID},
    actor=AGENT,
    verb=_object(("id", "display"), id=IRI, display=_LANGUAGES),
    object=ACTIVITY,
    result=RESULT,
    context=CONTEXT,
    timestamp={"type": "string", "pattern": _TIME},
)
"""A statement as it is sent: without what only a record store sets, and without a version, which it should not have."""


_VALIDATOR: Final = Draft202012Validator(STATEMENT)


def wrong_in(statement: Any) -> list[str]:
    """What is wrong with a statement: where, and what the schema says."""
    return [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(statement)]
