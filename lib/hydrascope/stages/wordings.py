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
    sound = fates.where("fate = 'parsed' and account_id is not null and size(phrases) > 0")
    home = _homes(sound, accounts)
    part = F.explode(F.arrays_zip("sketch", "phrases")).alias("part")
    used = (
        sound.select("account_id", part)
        .select("account_id", F.col("part.sketch").alias("shingle"), F.col("part.phrases").alias("phrase"))
        .distinct()
    )
    recurring = (
        used.groupBy("shingle", "phrase")
        .agg(F.count("*").alias("accounts"))
        .where("accounts >= 2")
        .groupBy("shingle")
        .agg(F.max("accounts").alias("accounts"), F.min("phrase").alias("phrase"))
    )
    words = recurring.select("shingle", F.posexplode(F.split("phrase", " ")).alias("place", "word"))
    users = used.join(recurring, "shingle", "left_semi").join(home, "account_id").select("shingle", "org").distinct()
    common = _common(words.select("shingle", "word"), users, settings.word_orgs)
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


def _homes(exchanges: DataFrame, accounts: DataFrame) -> DataFrame:
    """The organisation of each account that has exchanges."""
    told = accounts.groupBy("account_id").agg(
        F.max("org_id").alias("of_account"),
        F.max(F.when(F.col("email_kind") == "other", F.col("email_domain"))).alias("domain"),
    )
    seen = exchanges.select("account_id", "org_id").distinct().groupBy("account_id").agg(F.max("org_id").alias("seen"))
    org = F.coalesce("seen", "of_account", "domain", "account_id").alias("org")
    return seen.join(told, "account_id", "left").select("account_id", org)


def _common(words: DataFrame, users: DataFrame, least: int) -> DataFrame:
    """The words that `least` organisations use, from the words of each part and the organisations that use it.

    All words of a part that so many use are common. The organisations of the other parts, fewer than `least` each, are
    counted word by word, so that a popular part is never multiplied by its users.
    """
    counted = users.groupBy("shingle").agg(F.count("*").alias("orgs"))
    popular = words.join(counted.where(F.col("orgs") >= least), "shingle", "left_semi").select("word")
    rare = users.join(counted.where(F.col("orgs") < least), "shingle", "left_semi")
    of_several = (
        words.join(rare, "shingle")
        .groupBy("word")
        .agg(F.count_distinct("org").alias("orgs"))
        .where(F.col("orgs") >= least)
    )
    found = popular.unionByName(of_several.select("word")).distinct()
    return found.where(F.col("word") != SLOT).withColumn("common", F.lit(True))
