"""hydrascope finds coordinated account campaigns in an AI provider's API logs, and shows why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hydrascope.case import Case

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(warehouse: str) -> Case:  # noqa: A001  hs.open(...) is the notebook's first line
    """Open the case that a run left in `warehouse` (a folder); raises NotFound where there is none.

    Spark is started at the first look at a table, not by this import.
    """
    from hydrascope.case import Case

    return Case.of(warehouse)
