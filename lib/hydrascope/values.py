"""Values as the tables hold them: placeholders are null, a value that cannot be read is a problem, nothing is guessed.

A function here takes text and gives a Column. Those that can fail, or cost much, give a `Value`, which is computed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import sdks

BLANKS = " \t\r\n\f\x0b\x00"
PLACEHOLDERS = (
    "", "-", "--", "---", "?", "n/a", "#n/a", "nan", "null", "nil", "none", "unknown", "undefined", "missing", "empty",
    "(null)", "(none)", "[null]", "<null>", '"nan"', "not set", "(not set)", "tbd", "anonymous",
)  # fmt: skip
"""What systems write where there is no value, in lower case. `NA` is not among them: it is Namibia."""

LONGEST_PLACEHOLDER = max(map(len, PLACEHOLDERS))
INSTANT = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)? ?(Z|UTC|[+-]\d\d:?\d\d)$"
NAIVE = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?$"
EARLIEST_S, LATEST_S = 1_420_070_400, 4_102_444_800
"""2015 to 2100, in seconds: the window in which a number can be a time. Units are a factor of 1000 apart, the window's
ends a factor of 3, so a number fits one unit at most."""


@dataclass(frozen=True)
class Value:
    """A value that is read from text once: `read` is computed under `staged`, the name that `column` and `problem` refer to.

    `problem` is the name of the rule that the text breaks; null where it was read and where there is no text.
    """

    name: str
    read: Column
    problem: Column

    @property
    def staged(self) -> str:
        """The name of the column that holds the value while a record is being mapped."""
        return staged(self.name)

    @property
    def column(self) -> Column:
        """The value."""
        return F.col(self.staged)


def staged(name: str) -> str:
    """The name under which the value of that name is computed."""
    return f"_{name}"


def text(value: Column) -> Column:
    """The text without spaces around it, and without other blanks where it begins with one; null for a placeholder."""
    trimmed = F.when(value < "!", F.btrim(value, F.lit(BLANKS))).otherwise(F.trim(value))
    is_long = F.octet_length(trimmed) > LONGEST_PLACEHOLDER
    return F.when(is_long | ~F.lower(trimmed).isin(*PLACEHOLDERS), trimmed)


def identifier(value: Column) -> Column:
    """An id; null where it is nothing but zeros and separators, or nothing but `f` and separators."""
    return F.when((F.btrim(value, F.lit("0-:.")) != "") & (F.btrim(value, F.lit("fF-:.")) != ""), value)


def instant(value: Column, name: str) -> Value:
    """A time of ISO 8601 with its zone, to microseconds. Without a zone it is the problem `<name>_without_zone`."""
    read = F.when(value.rlike(INSTANT), value.cast("timestamp"))
    naive = F.when(F.col(staged(name)).isNull() & value.rlike(NAIVE), F.lit(f"{name}_without_zone"))
    return Value(name, read, F.coalesce(naive, _unreadable(value, name)))


def utc_instant(value: Column, name: str) -> Value:
    """A time as `instant` or `epoch` reads it; without a zone it is UTC, for sources that document so."""
    zoned = F.when(value.rlike(NAIVE), F.concat(value, F.lit("Z"))).otherwise(value)
    read = F.coalesce(F.when(zoned.rlike(INSTANT), zoned.cast("timestamp")), epoch(value, name).read)
    return Value(name, read, _unreadable(value, name))


def epoch(value: Column, name: str) -> Value:
    """A number of seconds, milliseconds, microseconds or nanoseconds since 1970, told by the window 2015 to 2100."""
    exact = F.coalesce(value.cast("decimal(38,6)"), value.cast("double").cast("decimal(38,6)"))
    micros = F.lit(None).cast("bigint")
    for per_second in (1, 10**3, 10**6, 10**9):
        fits = exact.between(EARLIEST_S * per_second, LATEST_S * per_second)
        scaled = exact * (10**6 // per_second) if per_second <= 10**6 else exact / (per_second // 10**6)
        micros = F.when(fits, F.floor(scaled + F.lit(0.5).cast("decimal(2,1)")).cast("bigint")).otherwise(micros)
    return Value(name, F.timestamp_micros(micros), _unreadable(value, name))


def whole(value: Column, name: str, kind: str = "bigint") -> Value:
    """A whole number. `12.0` and `1e3` are whole; a fraction, an overflow or other text is `<name>_unreadable`."""
    fraction = value.cast("decimal(38,9)")
    inside = fraction.between(-(2**63), 2**63 - 1) & (fraction == F.floor(fraction))
    long = F.coalesce(F.when(~value.contains("."), value.cast("bigint")), F.when(inside, fraction.cast("bigint")))
    read = long if kind == "bigint" else F.when(long.between(-(2**31), 2**31 - 1), long.cast(kind))
    return Value(name, read, _unreadable(value, name))


def number(value: Column, name: str) -> Value:
    """A finite number; anything else is `<name>_unreadable`."""
    double = value.cast("double")
    return Value(name, F.when(F.abs(double) < float("inf"), double), _unreadable(value, name))


def _unreadable(value: Column, name: str) -> Column:
    return F.when(F.col(staged(name)).isNull() & value.isNotNull(), F.lit(f"{name}_unreadable"))


JA4 = "^[tqd][0-9s][0-9][di][0-9]{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$"


def ja3(value: Column) -> Column:
    """A JA3 hash in lower case; null where it has another shape or is the hash of nothing."""
    lower = F.lower(value)
    return F.when(lower.rlike("^[0-9a-f]{32}$") & (F.btrim(lower, F.lit("0")) != ""), lower)


def ja4(value: Column) -> Column:
    """A JA4 TLS client fingerprint in lower case; null where it has another shape."""
    lower = F.lower(value)
    return F.when(lower.rlike(JA4), lower)


def lowered(value: Column, name: str) -> Value:
    """The text in lower case, computed once for the many questions that are asked of it."""
    return Value(name, F.lower(value), F.lit(None).cast("string"))


def sdk(user_agent: Column) -> Column:
    """The client library or program that a user agent in lower case names, by `sdks`; null where no rule fits.

    A family's common part is looked for first, so that a text costs about as many looks as there are families.
    """
    named = []
    for family in sdks.families():
        first = F.lit(None).cast("string")
        for rule in reversed(family.rules):
            fits = user_agent.startswith(rule.text) if rule.at_start else user_agent.contains(rule.text)
            first = F.when(fits, F.lit(rule.sdk)).otherwise(first)
        named.append(F.when(user_agent.contains(family.has), first) if family.has else first)
    return F.coalesce(*named)


def outcome(status_code: Column) -> Column:
    """What an HTTP status says came of an exchange; never null."""
    return (
        F.when(status_code.between(100, 399), F.lit("ok"))
        .when(status_code == HTTPStatus.TOO_MANY_REQUESTS, F.lit("rate_limited"))
        .when(status_code == HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, F.lit("blocked"))
        .when(status_code.between(400, 499), F.lit("client_error"))
        .when(status_code.between(500, 599), F.lit("server_error"))
        .otherwise(F.lit("unknown"))
    )


ERRORS = (
    ("throttl", "rate_limited"), ("ratelimit", "rate_limited"), ("toomanyrequests", "rate_limited"),
    ("quota", "rate_limited"),
    ("guardrail", "blocked"), ("contentpolicy", "blocked"), ("contentfilter", "blocked"),
    ("internal", "server_error"), ("unavailable", "server_error"), ("timeout", "server_error"),
    ("servererror", "server_error"),
    ("denied", "client_error"), ("unauthorized", "client_error"), ("invalid", "client_error"),
    ("validation", "client_error"),
    ("notfound", "client_error"), ("nosuch", "client_error"), ("badrequest", "client_error"),
    ("authentication", "client_error"),
    ("exception", "client_error"), ("error", "unknown"),
)  # fmt: skip
"""Parts of error names in lower case and what each means; the first that fits wins."""


def error_outcome(name: Column) -> Column:
    """What the name of an error says came of an exchange; never null."""
    lower = F.lower(name)
    found = F.lit("unknown")
    for part, meaning in reversed(ERRORS):
        found = F.when(lower.contains(part), F.lit(meaning)).otherwise(found)
    return found


def model(value: Column) -> Column:
    """A model's name without the ARN, the region of an inference profile, and blanks around it."""
    bare = F.when(value.startswith("arn:"), F.substring_index(value, "/", -1)).otherwise(value)
    is_profile = bare.rlike("^(us|eu|apac|jp|au|ca|us-gov|global)\\.")
    return F.when(is_profile, F.regexp_replace(bare, "^[a-z-]+\\.", "")).otherwise(bare)


def path(value: Column) -> Column:
    """The path of a URL or of a request line without host, query and fragment, which may hold secrets; null for no path."""
    bare = F.substring_index(F.substring_index(value, "?", 1), "#", 1)
    found = F.regexp_replace(bare, r"^[A-Za-z][A-Za-z0-9+.-]*://[^/]*", "")
    return F.when(found.startswith("/"), found)


def country(value: Column) -> Column:
    """A two-letter country code in capitals; null for other text."""
    upper = F.upper(value)
    return F.when(upper.rlike("^[A-Z]{2}$") & ~upper.isin("XX", "ZZ", "T1"), upper)
