"""A family of prompt templates: parts of prompts that recur together in two accounts or more."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="template",
    plural="prompt-template families",
    source="families",
    fields=("family_id string",),
    view="content",
    value=lambda: F.col("family_id"),
    writer="the client, in the prompt itself; it costs the harvest to change it",
    hard=True,
    cap=12,
    worth=0.9,
    overlap_days=30,
    min_exchanges=3,
    grade="B2",
    misses="prompts rewritten by a model so that no phrase recurs",
    look_alikes=("popular framework", "viral prompt", "course exercise", "company tool"),
    positive=(({"family_id": "s:1f"}, "s:1f"),),
    negative=({"family_id": None},),
)
