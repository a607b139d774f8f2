"""What the provider declares of organisations, partners, evaluators, accounts, domains and egress: CSV to rows.

A declaration lowers what is made of conduct and is always told; it never hides what was seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hydrascope.references import Given, Pseudonym, Record, Refused, csv_records, needed, one_of, value_of, window
from hydrascope.references import without_repeats as once

NEEDED = ("what", "value", "source")
KINDS = {
    "organisation": ("org", "email_domain"),
    "partner": ("org", "email_domain"),
    "evaluator": ("org", "email_domain"),
    "account": ("account",),
    "domain": ("email_domain",),
    "egress": ("ip", "ip_prefix"),
}
"""What can be declared, and the kinds of value that show it. Organisations are known by id or by the domain of their mail."""


def read(given: Sequence[Given], pseudonym: Pseudonym) -> list[Record]:
    """The declarations of some CSV objects, one row each, and every record's fate. Rows lack only their place."""
    records = [record for each in given for record in csv_records(each, lambda row: _row(row, pseudonym), RULE)]
    return once(records, "declaration")


RULE = "declaration_unusable"


def _row(fields: Mapping[str, str | None], pseudonym: Pseudonym) -> dict[str, Any]:
    what = one_of("what", needed(fields, "what"), tuple(KINDS)) or ""
    value, reason = needed(fields, "value"), None
    if what in ("domain", "egress"):
        _, value, reason = value_of("email_domain" if what == "domain" else "ip", value, pseudonym)
    if reason is not None:
        raise Refused(f"value is '{value}', but {reason}")
    row = {
        "what": what,
        "value": value,
        "source": needed(fields, "source"),
        **window(fields),
        "note": fields.get("note"),
    }
    said = json.dumps({name: str(each) for name, each in row.items()}, sort_keys=True)
    return {"declaration": hashlib.sha256(said.encode()).hexdigest()[:32], **row}
