"""The case file: one self-contained page and one JSON file per campaign, and an index. `write` is all others need.

`looks`, `records` and `explaining` look at tables, `facts` gathers, `words` says it in sentences, `figures` draws and
`page` lays out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hydrascope.case import Case

__all__ = ["write"]


def write(case: Case, campaign_id: str | None, out: str | Path, errors: Mapping[str, Any] | None = None) -> list[Path]:
    """Write `index.html`, then for the campaign or for all `<campaign_id>.html` and `.json`, then `gates.html`; their paths.

    The index is written also where there is no campaign, and then says so. `errors` is the measured error rate of this
    version on sealed worlds (`sweep.error_rate`), None while there is none. Raises NotFound for an
    unknown campaign, before anything is written.
    """
    from hydrascope.report import facts, page, records

    if campaign_id is not None:
        case.campaign(campaign_id)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    shared = facts.whole(case, errors)
    try:
        listing = facts.listing(case, shared)
        known = [campaign["campaign_id"] for campaign in listing["campaigns"]]
        chosen = [campaign_id] if campaign_id is not None else known
        index = _put(folder / "index.html", page.index_page(listing, chosen))
        files = [path for each in chosen for path in _write_case(case, each, shared, folder)]
        gates = _put(folder / "gates.html", page.gates_page(records.history(case)))
    finally:
        shared.mixed.unpersist()
    return [index, *files, gates]


def _write_case(case: Case, campaign_id: str, shared: Any, folder: Path) -> list[Path]:
    from hydrascope.report import facts, figures, page

    told = facts.gather(case, campaign_id, shared)
    drawn, texts = figures.draw(told)
    return [
        _put(folder / f"{campaign_id}.html", page.case_page(told, drawn, texts)),
        _put(folder / f"{campaign_id}.json", json.dumps(told, indent=2, sort_keys=True) + "\n"),
    ]


def _put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
