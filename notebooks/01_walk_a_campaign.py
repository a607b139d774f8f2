# %% [markdown]
# # Walk a campaign
#
# From the list of campaigns to the raw records behind one of them. Start from any warehouse that `hydrascope run` has
# written: name it in `HYDRASCOPE_WAREHOUSE`. Without one, `hydrascope demo` makes a small generated world and its
# warehouse. An *exchange* is one API request with its response; all times are UTC.
#
# What comes from logs is hostile. The tables below are shown as HTML, where it is escaped; printing them to a terminal
# would not be safe (`hydrascope show` and `hydrascope explain` are).

# %%
import os

import hydrascope as hs

case = hs.open(os.environ.get("HYDRASCOPE_WAREHOUSE", "demo/warehouse-1"))

# %% [markdown]
# ## Campaigns
#
# One row per campaign that met the decision rule. `likelihood` says how probable the claim is; `confidence` says how good
# the evidence is. They answer different questions. Where no campaign met the rule, the walk ends here: the clusters that
# were seen are in `case.table("clusters")`.

# %%
campaigns = case.campaigns().limit(20).toPandas()
if campaigns.empty:
    raise SystemExit(0)
campaigns[
    ["campaign_id", "name", "level", "likelihood", "confidence", "accounts", "exchanges", "first_time", "last_time"]
]

# %%
campaign = campaigns["campaign_id"][0]

# %% [markdown]
# ## Members
#
# *Attributed* accounts take part; *associated* ones are linked, but their own conduct does not carry the claim. `share` is
# the part of an account's exchanges that uses the campaign's prompt-template families: a low share is a mixed account.

# %%
members = case.members(campaign)
members.groupBy("role").count().toPandas()

# %%
members.drop("campaign_id").limit(10).toPandas()

# %% [markdown]
# ## Evidence
#
# Each claim with its strength in bits, for (positive) or against (negative), the Admiralty grade of its source, and up to
# five exchanges whose raw records show it.

# %%
evidence = case.evidence(campaign)
evidence.select("kind", "strength_bits", "source_grade", "claim", "table", "table_version", "predicate").toPandas()

# %%
evidence.selectExpr("kind", "inline(sample)").limit(10).toPandas()

# %% [markdown]
# ## One account
#
# Every value the account was seen with, the bits it adds where it joins accounts, and why a value was kept or set aside.

# %%
first, second = (row["account_id"] for row in members.where("role = 'attributed'").limit(2).collect())
case.explain(first).limit(30).toPandas()

# %% [markdown]
# ## Two accounts
#
# What both were seen with, strongest first, with the running total of bits. No row means that they are joined by others
# between them, not directly.

# %%
case.explain(first, second).toPandas()

# %%
case.waterfall(first, second)

# %% [markdown]
# The chain of joints that leads from the one to the other, and everybody who was seen with the strongest value on it.

# %%
steps = case.path(first, second).toPandas()
steps

# %%
if len(steps) > 1:
    kind, value = steps.loc[1, ["kind", "value"]]
    people = case.pivot(**{kind: value}).limit(30).toPandas()

# %% [markdown]
# ## When, and how it hangs together
#
# Two Altair charts: exchanges and active accounts by day beside everyone's exchanges, and a sample of the linkage graph.

# %%
case.timeline(campaign)

# %%
case.graph(campaign)

# %% [markdown]
# ## What the accounts do
#
# Each measure for its accounts, with an interval, and for the accounts outside every cluster.

# %%
case.conduct(campaign).toPandas()

# %% [markdown]
# ## What else could explain it
#
# The explanations that were weighed, what was seen, and what would settle the question. An explanation that is not listed
# was not weighed.

# %%
case.hypotheses(campaign).drop("campaign_id").toPandas()
