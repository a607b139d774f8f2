"""`python -m hydrascope.docs [--check]` writes the generated pages of docs/, or says which is out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hydrascope import capability, likelihoods
from hydrascope import contract as contracts
from hydrascope.docs import capabilities, evaluation, faults, formats, measures, tables

DOCS = Path("docs")


def pages() -> dict[str, str]:
    """Every generated file of docs/ by name."""
    from hydrascope.report import figures
    from hydrascope.sweep import published

    made = {"tables.md": tables.render([contracts.load(table) for table in contracts.tables()])}
    made["measures.md"] = measures.measures(likelihoods.published())
    made["capabilities.md"] = capabilities.capabilities(capability.load(), capability.published())
    made["faults.md"] = faults.faults(faults.known(), faults.marked())
    made["formats.md"] = formats.formats(formats.published())
    told = published()
    if told is not None:
        made["evaluation.md"] = evaluation.evaluation(told)
        made["evaluation-recall.svg"] = figures.svg(figures.recall_chart(told["scenarios"])) + "\n"
        made["evaluation-reliability.svg"] = figures.svg(figures.reliability_chart(told["calibration"]["table"])) + "\n"
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Write the pages, or with --check compare them; 1 and one sentence for each that is out of date."""
    parser = argparse.ArgumentParser(prog="python -m hydrascope.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where the page is out of date")
    chosen = parser.parse_args(argv)
    stale = [
        name
        for name, text in pages().items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != text
    ]
    if chosen.check:
        for name in stale:
            sys.stderr.write(f"{DOCS / name} is out of date; run 'python -m hydrascope.docs' and commit the page\n")
        return 1 if stale else 0
    DOCS.mkdir(exist_ok=True)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
