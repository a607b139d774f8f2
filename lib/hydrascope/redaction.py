"""Secrets in what logs hold: the forms that are known, and how each is taken out before anything is stored or shown.

A form is a `start`, which stays readable, and a `mark`, the characters after it that are masked one by one with `*`, so
that a masked text has its old length and layout. The same two regular expressions serve Spark (`masked`, for columns) and
Python (`hidden`, for messages). Both know forms and no entropy: a password with no name beside it is not recognised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

MASK = "*"


@dataclass(frozen=True)
class Form:
    """One form of secret. `start` and each `mark` are regular expressions that Java and Python read alike.

    `words` says in people's words what is masked.
    """

    name: str
    words: str
    start: str
    mark: str

    @property
    def found(self) -> str:
        """Matches where a text holds such a secret."""
        return f"(?:{self.start})(?:{self.mark})"

    @property
    def step(self) -> str:
        r"""Matches one character to mask, after `start` or after the one before (`\G`); `start` is group 1. Java alone."""
        return rf"(\G(?!\A)|{self.start})(?:{self.mark})"

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The whole secret in Python's terms: group 1 stays, group 2 is masked."""
        return re.compile(rf"({self.start})((?:{self.mark})+)", re.ASCII)


HEADERS = r"(?i:(?:proxy-)?authorization|(?:set-)?cookie2?|x-api-key|api-key|x-goog-api-key|x-auth-token|x-amz-security-token)"
NAMES = (
    r"(?i:(?:access|refresh|id|auth|bearer|session|security)[-_]?token|token|api[-_]?key|apikey|(?:client|app)[-_]?secret|secret|"
    r"(?:aws[-_])?secret[-_]?access[-_]?key|secret[-_]?key|private[-_]?key|passw(?:or)?d|passphrase|pwd)"
)
PARAMETERS = r"(?i:key|sig|signature|code|auth|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|sas)"
APART = r"(?<![A-Za-z0-9])"
GAP = r"\s{0,4}"
LISTED = rf'\\{{0,7}}["\']{GAP},{GAP}\\{{0,7}}["\'](?i:value)'
"""Between a name and its value in a list of fields: `{"name": "a", "value": "b"}`."""
HASHED = r"(?![0-9a-f]{64}(?![0-9a-f]))"
"""A value that is a SHA-256 in hexadecimal is no secret."""

TOKEN = r"[A-Za-z0-9._~+/=-]"  # noqa: S105  the characters of a token (RFC 6750), and no password
BASE64 = r"[A-Za-z0-9+/=]"
KEY_CHARACTER = r"[A-Za-z0-9_-]"


def _valued(name: str, words: str, names: str, between: str, bare: str) -> tuple[Form, ...]:
    """The forms of a value beside one of `names`: quoted, quoted in a quotation, in single quotes, in a list, or bare.

    `between` stands between a quoted name and its value; a bare value is made of `bare` characters.
    """
    given = rf"{APART}{names}(?:{LISTED})?"
    beside = rf"{GAP}{between}{GAP}"
    return (
        Form(name, words, rf"{given}\\{{0,7}}[\"']{GAP}:{GAP}\[", r"[^\]\r\n]"),
        Form(name, words, rf'{given}"{beside}"{HASHED}', r'[^"\r\n]|(?<=\\)"'),
        Form(name, words, rf'{given}\\{{1,7}}"{beside}\\{{1,7}}"{HASHED}', r'[^"\\\r\n]'),
        Form(name, words, rf"{given}'{beside}b?'{HASHED}", r"[^'\r\n]"),
        Form(name, words, rf"{given}{GAP}[:=]{GAP}{HASHED}", bare),
    )


def _keyed(name: str, words: str, start: str, least: int, mark: str = KEY_CHARACTER) -> Form:
    """The form of a key that is known by how it begins: `start`, then at least `least` characters."""
    return Form(name, words, rf"{APART}(?=(?:{start}){mark}{{{least}}})", mark)


KEYS = r"sk-|gsk_|hf_|glpat-|github_pat_|gh[oprsu]_|npm_|pypi-|ya29\.|[rs]k_(?:live|test)_|whsec_"
USER_INFO = r"[^\s/?#\"'<>\\"

FORMS: tuple[Form, ...] = (
    Form("private_key", "a private key", r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----", r"(?!-----END)[\s\S]"),
    Form("url_login", "a login in an address", rf"://(?={USER_INFO}]{{1,512}}@)", rf"{USER_INFO}@]|@(?={USER_INFO}@]{{0,512}}@)"),
    Form("header", "a header with credentials", rf"{APART}(?i:digest)\s{{1,4}}(?=[a-z]{{2,16}}=)", r"[^\r\n{}]"),
    *_valued("header", "a header with credentials", HEADERS, "[:=,]", r"[^\"'\\\r\n]"),
    *_valued("named_value", "a value named token, key, secret or password", NAMES, "[:=]", r"[^\s&;,\"'\\<>()\[\]{}]"),
    Form("parameter", "a credential in an address", rf"[?&;]{PARAMETERS}=", r"[^\s&;\"'\\<>]"),
    Form("bearer", "a bearer token", rf"{APART}(?i:bearer)\s{{1,4}}(?={TOKEN}{{6}})", TOKEN),
    Form("login", "a login in Base64", rf"{APART}(?i:basic)\s{{1,4}}(?=[a-z/+]*[A-Z0-9=])(?={BASE64}{{8}})", BASE64),
    _keyed("jwt", "a JSON web token", r"eyJ[A-Za-z0-9_-]{5,4096}\.", 5, r"[A-Za-z0-9_.-]"),
    _keyed("key", "a key", KEYS, 16, r"[A-Za-z0-9_.-]"),
    _keyed("key", "a key", r"xox[abeoprs]-|xapp-", 10),
    _keyed("key", "a key", "AIza", 30),
    _keyed("aws_key_id", "an AWS access key id", "AKIA|ASIA", 16, "[A-Z0-9]"),
)  # fmt: skip
"""Masked in this order: what one form has masked, no later one takes for a secret of its own."""

AWS = "aws_key_id"
FOUND = "|".join(form.found for form in FORMS)
"""Matches a text that holds a secret."""
FOUND_BUT_AWS = "|".join(form.found for form in FORMS if form.name != AWS)
BEFORE = "".join(rf"\x{code:02x}" for code in range(256) if not (chr(code).isascii() and chr(code).isalnum()))
HINTS = (
    r"auth(?:ori|tok|[-_=])", r"api[-_]?key", r"access[-_]?t", r"app[-_]?sec", r"aws[-_]?sec", "aiza", "akia", "asia",
    r"bearer", r"basic\s", "cookie", r"client[-_]?sec", "code=", r"digest\s", "eyj", "gh[oprsu]_", "glpat-", "github_",
    "gsk_", "hf_", r"id[-_]?tok", "key=", "npm_", r"pass(?:w|p)", "pwd", "pypi-", "proxy-auth", "private", "rk_",
    r"refresh[-_]?t", r"sk[-_]", "secret", r"session[-_]?t", r"security[-_]?t", "set-cookie", "sig(?:nature)?=", "sas=",
    "token", "whsec", "xox", "xapp-", "x-a", "x-g", r"ya29",
)  # fmt: skip
"""How what the forms look for begins, in lower case."""


def _suspect(*hints: str) -> str:
    """Matches a text that can hold a secret, and some that hold none; the text needs a line break before it. Java alone.

    One look per character: only after a character that parts words, and only where a hint can begin, are hints tried.
    """
    starts = "".join(sorted({hint[0] + hint[0].upper() for hint in hints}))
    return (
        rf"[{BEFORE}\x{{100}}-\x{{10ffff}}](?=[{starts}/-])(?:(?i:{'|'.join(hints)})|//{USER_INFO}]{{1,512}}@|-BEGIN)"
    )


SUSPECT = _suspect(*HINTS)
CONTEXT = {
    *("user_agent", "signup_user_agent", "operation", "model", "provider", "capability", "sdk", "status", "plan", "payment_kind"),
    "path",
}  # fmt: skip
"""Columns in which a secret is masked."""
IDS = {
    *("request_id", "trace_id", "conversation_id", "account_id", "org_id", "user_id", "device_id", "template_id"),
    *("payment_fingerprint", "email_domain", "referrer_id"),
}  # fmt: skip
"""Columns by which rows are joined: a value that holds a secret becomes its keyed hash, since two masked ids may be alike."""
KEY_ID = "api_key_id"
"""The same, but the id of an AWS key stays: it is what CloudTrail names a key by, and no secret where it stands alone."""
ATTRIBUTES = "attrs"
MADE = {
    *("exchange_id", "edge_id", "format", "source_uri", "raw_sha256", "client_ip", "client_ip_basis", "country", "egress_class"),
    *("capability_basis", "outcome", "email_hmac", "email_kind", "email_shape", "phone_prefix", "phone_hmac", "billing_country"),
    *("signup_ip", "signup_ja4", "label", "ja3", "ja4"),
}  # fmt: skip
"""Columns that hold what the reading made, in a form that has no room for a secret."""


def hidden(text: str) -> str:
    """`text` with the characters of every secret in it replaced by `*`."""
    for form in FORMS:
        text = form.compiled.sub(lambda match: match[1] + MASK * len(match[2]), text)
    return text


def masked(text: Column) -> Column:
    """The text with the characters of every secret in it replaced by `*`; null for null. Cheap where there is none."""
    from pyspark.sql import functions as F

    return F.when(_is_suspect(text), _masked(text)).otherwise(text)


def masked_bytes(raw: Column) -> Column:
    """The same for bytes of any encoding that has ASCII in it: every byte but those of a secret stays what it is."""
    from pyspark.sql import functions as F

    text = F.decode(raw, "ISO-8859-1")
    return F.when(_is_suspect(text), F.encode(_masked(text), "ISO-8859-1")).otherwise(raw)


def holds(raw: Column) -> Column:
    """What secrets the bytes hold, in words, in the order of `FORMS`; an empty list where none, null for null."""
    from pyspark.sql import functions as F

    text = F.decode(raw, "ISO-8859-1")
    said = [F.when(text.rlike(form.found), F.lit(form.words)) for form in FORMS]
    none = F.array().cast("array<string>")
    return F.when(_is_suspect(text), F.array_distinct(F.array_compact(F.array(*said)))).otherwise(
        F.when(raw.isNotNull(), none)
    )


def without_secrets(rows: DataFrame) -> DataFrame:
    """Exchanges or accounts in their contract's columns, `pseudonyms.keyed`, without a secret; all else stays as it is.

    In `CONTEXT` and `attrs` a secret's characters become `*`; in `IDS` and `api_key_id` a value with a secret becomes its
    keyed hash, the same in every table. One look over all these columns of a row finds out that there is nothing to do.
    """
    from pyspark.sql import functions as F

    ids, context, maps = (
        [name for name in rows.columns if name in chosen] for chosen in (IDS | {KEY_ID}, CONTEXT, {ATTRIBUTES})
    )
    seen = [F.when(~_is_aws(name), F.col(name)) if name == KEY_ID else F.col(name) for name in (*ids, *context)]
    suspect = F.concat_ws("\n", F.lit(""), *seen, *[F.map_values(name) for name in maps]).rlike(SUSPECT)
    named = F.array(*[F.struct(F.lit(n).alias("name"), F.col(n).alias("value")) for n in (*ids, *context)])
    safe = F.transform(
        named, lambda each: F.when(each["name"].isin(*context), _masked(each["value"])).otherwise(_hashed(each))
    )
    rows_safe = rows.withColumn("_safe", F.when(suspect, safe))
    for name in maps:
        values = F.transform_values(name, lambda _, value: _masked(value))
        rows_safe = rows_safe.withColumn(name, F.when(suspect, values).otherwise(F.col(name)))
    told = {name: F.coalesce(F.col("_safe")[place], F.col(name)) for place, name in enumerate((*ids, *context))}
    return rows_safe.select(*[told.get(name, F.col(name)).alias(name) for name in rows.columns])


def _is_aws(name: str) -> Column:
    """Whether the value is the id of an AWS key."""
    from pyspark.sql import functions as F

    return F.coalesce(F.substring(name, 1, 4).isin("AKIA", "ASIA"), F.lit(False))


def _hashed(id_: Column) -> Column:
    """The keyed hash of an id, given by `name` and `value`, that holds a secret; null for any other."""
    from pyspark.sql import functions as F

    from hydrascope.pseudonyms import hmac

    is_key = id_["name"] == KEY_ID
    is_secret = F.when(is_key, id_["value"].rlike(FOUND_BUT_AWS)).otherwise(id_["value"].rlike(FOUND))
    return F.when(is_secret & is_key, hmac(id_["value"], "api_key")).when(
        is_secret, hmac(F.concat(id_["name"], F.lit("\0"), id_["value"]), "secret")
    )


def _is_suspect(text: Column) -> Column:
    from pyspark.sql import functions as F

    return F.concat(F.lit("\n"), text).rlike(SUSPECT)


def _masked(text: Column) -> Column:
    from pyspark.sql import functions as F

    for form in FORMS:
        text = F.regexp_replace(text, form.step, rf"$1\{MASK}")
    return text
