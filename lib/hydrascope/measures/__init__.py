"""The measures of conduct, by view. Measures of one view depend on each other; views are taken as independent."""

from __future__ import annotations

from hydrascope.measures import client, content, coordination, identity, linkage
from hydrascope.measures.measure import Measure

MEASURES: tuple[Measure, ...] = tuple(
    measure for module in (linkage, identity, content, client, coordination) for measure in module.MEASURES
)
BY_NAME = {measure.name: measure for measure in MEASURES}

__all__ = ["BY_NAME", "MEASURES", "Measure"]
