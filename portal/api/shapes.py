"""The shapes that every noun shares: what is asked for is read strictly, and what is given is whole."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import marshmallow
from flask_babel import gettext as _
from flask_smorest.fields import Upload
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from forms.outline import LANGUAGES
from portal.rules.policy import ROLES

MOST = 500
USUAL = 100
LARGEST = 2**31 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIGITS = re.compile(r"-?[0-9]{1,10}")


class Asked(Schema):
    """What a caller sends: a field that is not known is refused."""

    class Meta:
        unknown = RAISE


class Query(Asked):
    """What an address or a form asks for; what is left out is None."""

    @marshmallow.post_load
    def complete(self, given: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """The same with every name there."""
        return dict.fromkeys(self.fields) | given


class Given(Schema):
    """What a caller gets: every field is always there."""

    def on_bind_field(self, _name: str, field: Any) -> None:
        """See marshmallow."""
        field.required = True


class Moment(fields.AwareDateTime):
    """A moment in UTC as RFC 3339 with Z."""

    def _serialize(self, value: dt.datetime | None, *_args: Any, **_kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


class Whole(fields.Integer):
    """A whole number that every database can hold: a number in JSON, digits in an address; nothing else is taken for
    one."""

    def __init__(self, *, least: int = 0, most: int = LARGEST, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> int:
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.make_error("invalid", input=value)


class StrictWhole(Whole):
    """A whole number of a JSON body, where digits in quotes are a text."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, *args, **kwargs)


class File(Upload):
    """A file of a form; a plain text in its place is refused."""

    default_error_messages = {"invalid": "Please send a file."}

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise self.make_error("invalid")
        return value


def storable(value: str) -> None:
    """Refuses half of a surrogate pair, which no database stores."""
    if _SURROGATE.search(value):
        raise ValidationError("This text holds characters that cannot be stored.")


NO_NUL = validate.Regexp(r"^[^\x00]*\Z", error="This text holds characters that cannot be stored.")


def words(most: int, *, least: int | None = None, **kwargs: Any) -> fields.String:
    """A field for a text of at most this many characters that every database can hold."""
    return fields.String(validate=[validate.Length(min=least, max=most), NO_NUL, storable], **kwargs)


def one_of(choices: Any, **kwargs: Any) -> fields.String:
    """A field for one of several words."""
    return fields.String(validate=validate.OneOf(list(choices)), **kwargs)


def entity_code(**kwargs: Any) -> fields.String:
    """A field for the code of an entity."""
    return fields.String(validate=validate.Regexp(r"^[A-Z]{3}\Z", error="Please give three capital letters."), **kwargs)


def key_text(**kwargs: Any) -> fields.String:
    """A field for the key of a cycle or an edition."""
    pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z"
    return fields.String(validate=validate.Regexp(pattern, error="This is not the form of a key."), **kwargs)


def language_code(**kwargs: Any) -> fields.String:
    """A field for one of the six languages."""
    return one_of(LANGUAGES, **kwargs)


def by_language() -> fields.Dict:
    """A field for words by language code."""
    return fields.Dict(keys=fields.String(), values=fields.String())


class Remarks(fields.List[str]):
    """What is told of a file, each remark a sentence in the reader's language; null where it was not looked at."""

    def __init__(self) -> None:
        about = "What the file carries, in sentences; null where it was not looked at."
        super().__init__(fields.String(), allow_none=True, metadata={"description": about})

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> list[str] | None:
        return None if value is None else [_(one["words"]) % one["told"] for one in value]


class Rows(fields.List[dict[str, Any]]):
    """Many rows of one shape whose values are JSON as they are: given without another look at each value."""

    def __init__(self, shape: type[Schema], **kwargs: Any) -> None:
        super().__init__(fields.Nested(shape), **kwargs)
        self._names = set(shape().fields)

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> list[dict[str, Any]]:
        if any(row.keys() != self._names for row in value):
            raise ValueError("A row has other names than its shape.")
        return list(value)


class Paging(Query):
    """The part of a list that is asked for."""

    limit = Whole(
        least=1,
        most=MOST,
        metadata={"description": f"At most so many items, up to {MOST}."},
    )
    cursor = fields.String(
        validate=validate.Length(1, 500),
        metadata={"description": "`next` of the page before; it has no meaning of its own."},
    )


def page_of(item: type[Schema]) -> type[Schema]:
    """The shape of a list of these items."""
    shape = {
        "items": fields.List(fields.Nested(item)),
        "next": fields.String(
            allow_none=True, metadata={"description": "The cursor of the next page, null on the last."}
        ),
    }
    return type(f"{item.__name__}Page", (Given,), {**shape, "__module__": item.__module__})


class Place(Given):
    """One thing to put right: where it is, and a sentence that says what to do."""

    where = fields.String()
    sentence = fields.String()


class SeenShape(Given):
    """One place of a file: the code or key of its row, and what stands there."""

    where = fields.String()
    code = fields.String()
    text = fields.String()


class FoundShape(Place):
    """One thing found in a file that holds no figures: how often, and its first places, at most 200."""

    count = fields.Integer()
    places = fields.List(fields.Nested(SeenShape))


class Problem(Schema):
    """A refusal. `problems` names each place. A conflict (`stale`) brings the three texts beside it, a step that
    cannot be taken now (`not_now`) its `reasons`, a list that holds no figures what was found in it (`findings`)."""

    class Meta:
        unknown = marshmallow.INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    problems = fields.List(fields.Nested(Place), required=True)
    reasons = fields.List(fields.String())
    base = fields.Raw()
    theirs = fields.Raw()
    yours = fields.Raw()
    revision = fields.Integer()
    changed_by = fields.String()
    changed_at = fields.String()
    findings = fields.List(fields.Nested(FoundShape))


class FindingShape(Given):
    """One thing that the check says about one question; `place` names the row and column where it is about one cell."""

    severity = one_of(("blocker", "error", "warning", "note"))
    question = fields.String()
    language = fields.String(metadata={"description": "Empty unless it is about the text in one language."})
    rule = fields.String()
    place = fields.String()
    sentence = fields.String()


class GrantShape(Given):
    """A role of a person, for one entity or for none."""

    role = one_of(ROLES)
    entity = fields.String(allow_none=True)
