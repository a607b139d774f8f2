"""wordings: what recurring parts of prompts say, in common words only. The one table that holds words of prompts."""

from __future__ import annotations

import operator
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.settings import IngestSettings
from hydrascope.stages.visits import part_id
from hydrascope.wording import SLOT

LONGS, BITS = 4, 64
MARKS = [f"marks{number}" for number in range(LONGS)]
"""A set of organisations in so many longs of so many bits: each marks the bit that its hash falls on."""


def wordings(fates: DataFrame, accounts: DataFrame, *, settings: IngestSettings, batch: str) -> DataFrame:
    """One row per sampled part of prompts that two accounts or more use in this batch, with a word in it that is common.

    A word is common when at least `word_orgs` organisations use it in such parts; every other word is a slot. An
    account's organisation is the one its exchanges or its own record names, else its company's e-mail domain, else the
    account: what one customer's staff write among themselves is nobody's frame and is not shown (the threshold rule of
    statistical disclosure control: Hundepool et al. 2012, 4.2). Organisations are counted by the bits they mark (linear
    counting: Whang et al. 1990), never as more than they are: of five in a hundred, two mark the same bit 4 times.
    """
    sound = fates.where("fate = 'parsed' and account_id is not null and size(phrases) > 0")
    part = F.inline(F.arrays_zip(F.col("sketch").alias("shingle"), F.col("phrases").alias("phrase")))
    place = F.pmod(F.xxhash64("org"), F.lit(LONGS * BITS)).cast("int")
    used = (
        sound.join(_homes(sound, accounts), "account_id")
        .select(F.xxhash64("account_id").alias("account"), place.alias("place"), "sketch", "phrases")
        .select("account", "place", part)
    )
    recurring = (
        used.groupBy("shingle", "phrase")
        .agg((F.min("account") < F.max("account")).alias("recurs"), *_marked())
        .where("recurs")
        .groupBy("shingle")
        .agg(F.min("phrase").alias("phrase"), *_united())
        .localCheckpoint()  # the one pass over all parts; asked twice
    )
    words = recurring.select("shingle", *MARKS, F.posexplode(F.split("phrase", " ")).alias("place", "word"))
    several = reduce(operator.add, [F.bit_count(name) for name in MARKS]) >= settings.word_orgs
    common = words.groupBy("word").agg(*_united()).where(several & (F.col("word") != SLOT))
    shown = F.when(F.col("common"), F.col("word")).otherwise(F.lit(SLOT))
    return (
        words.join(common.select("word", F.lit(True).alias("common")), "word", "left")
        .groupBy("shingle")
        .agg(F.array_sort(F.collect_list(F.struct("place", shown.alias("word"))))["word"].alias("words"))
        .where(F.exists("words", lambda word: word != SLOT))
        .select(
            part_id(F.col("shingle")).alias("template_id"),
            F.lit(batch).alias("batch"),
            F.array_join("words", " ").alias("skeleton"),
        )
    )


def _homes(exchanges: DataFrame, accounts: DataFrame) -> DataFrame:
    """The organisation of each account that has exchanges."""
    told = accounts.groupBy("account_id").agg(
        F.max("org_id").alias("of_account"),
        F.max(F.when(F.col("email_kind") == "other", F.col("email_domain"))).alias("domain"),
    )
    seen = exchanges.select("account_id", "org_id").distinct().groupBy("account_id").agg(F.max("org_id").alias("seen"))
    org = F.coalesce("seen", "of_account", "domain", "account_id").alias("org")
    return seen.join(told, "account_id", "left").select("account_id", org)


def _marked() -> list[Column]:
    """The sets of those whose `place` is given."""
    one, bit = F.lit(1).cast("bigint"), F.col("place") % BITS
    return [
        F.bit_or(
            F.when((F.col("place") / BITS).cast("int") == number, F.call_function("shiftleft", one, bit)).otherwise(0)
        ).alias(name)
        for number, name in enumerate(MARKS)
    ]


def _united() -> list[Column]:
    return [F.bit_or(name).alias(name) for name in MARKS]
