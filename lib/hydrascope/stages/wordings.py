"""wordings: what recurring parts of prompts say, in common words only. The one table that holds words of prompts."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.settings import IngestSettings
from hydrascope.stages.visits import part_id
from hydrascope.wording import SLOT


def wordings(fates: DataFrame, accounts: DataFrame, *, settings: IngestSettings, batch: str) -> DataFrame:
    """One row per sampled part of prompts that two accounts or more use in this batch, with a word in it that is common.

    A word is common when at least `word_orgs` organisations use it in such parts; every other word is a slot. An
    account's organisation is the one its exchanges or its own record names, else its company's e-mail domain, else the
    account: what one customer's staff write among themselves is nobody's frame and is not shown (the threshold rule of
    statistical disclosure control: Hundepool et al. 2012, 4.2).
    """
    home = accounts.groupBy("account_id").agg(
        F.max("org_id").alias("of_account"),
        F.max(F.when(F.col("email_kind") == "other", F.col("email_domain"))).alias("domain"),
    )
    part = F.explode(F.arrays_zip("sketch", "phrases")).alias("part")
    used = (
        fates.where("fate = 'parsed' and account_id is not null and size(phrases) > 0")
        .select("account_id", "org_id", part)
        .groupBy("account_id", F.col("part.sketch").alias("shingle"))
        .agg(F.min("part.phrases").alias("phrase"), F.max("org_id").alias("of_exchange"))
    )
    recurring = (
        used.groupBy("shingle")
        .agg(F.count("*").alias("accounts"), F.min("phrase").alias("phrase"))
        .where("accounts >= 2")
    )
    words = recurring.select("shingle", F.posexplode(F.split("phrase", " ")).alias("place", "word"))
    users = used.join(home, "account_id", "left").select(
        "shingle", F.coalesce("of_exchange", "of_account", "domain", "account_id").alias("org")
    )
    common = (
        words.select("shingle", "word")
        .join(users, "shingle")
        .groupBy("word")
        .agg(F.count_distinct("org").alias("orgs"))
        .where((F.col("orgs") >= settings.word_orgs) & (F.col("word") != SLOT))
        .select("word", F.lit(True).alias("common"))
    )
    shown = F.when(F.col("common"), F.col("word")).otherwise(F.lit(SLOT))
    told = (
        words.join(common, "word", "left")
        .groupBy("shingle")
        .agg(F.array_sort(F.collect_list(F.struct("place", shown.alias("word"))))["word"].alias("words"))
        .where(F.exists("words", lambda word: word != SLOT))
    )
    return told.join(recurring, "shingle").select(
        part_id(F.col("shingle")).alias("template_id"),
        F.lit(batch).alias("batch"),
        F.array_join("words", " ").alias("skeleton"),
        "accounts",
    )
