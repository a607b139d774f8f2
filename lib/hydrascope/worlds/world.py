"""Generated logs with known truth."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from hydrascope.errors import SettingsError
from hydrascope.worlds import accounts, campaign, evasions, exchanges, population, totals, traps, warehouse, write
from hydrascope.worlds.draw import Draw, constant
from hydrascope.worlds.models import MODELS
from hydrascope.worlds.plans import Preset
from hydrascope.worlds.presets import preset as planned
from hydrascope.worlds.rhythm import DAY_MS, iso
from hydrascope.worlds.scene import Scene, complete

NATIVE, TABLES = FORMS = ("native", "tables")
PEOPLE_PER_FILE = 2_500
ACCOUNT_FILES = 2
SETTINGS = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
}
"""Fused stages of a plan's many expressions are larger than the JVM compiles, so that they are slower than single ones."""
DECLARED_SHARE = 0.12
"""Share of the large ordinary organisations that are on the provider's list."""
KNOWN_TRAPS = [code for code, trap in traps.TRAPS.items() if trap.declared]


@dataclass(frozen=True)
class World:
    """What was written, and how much of it."""

    out: str
    preset: str
    seed: int
    scale: float
    exchanges: int
    campaign_exchanges: int
    accounts: int
    campaign_accounts: int
    trap_accounts: int
    traps: int
    bytes: int


def generate(
    spark: SparkSession,
    out: str,
    *,
    preset: str = "demo",
    seed: int = 1,
    scale: float = 1.0,
    intensity: str = "plain",
    form: str = NATIVE,
) -> World:
    """Write a world into the folder `out` and say what is in it.

    The same preset, seed and scale give the same bytes on any number of cores. `scale` multiplies the numbers of
    accounts, and with them the exchanges; `intensity` is how far traps and evasions go. `form` is `native` for logs with
    prompts, or `tables` for the tables of a warehouse, without prompts: the same accounts with the same habits, but not
    the same single exchanges. Raises SettingsError for an unknown preset, intensity or form, a scale that is not
    positive, or a folder that holds something already.
    """
    chosen = planned(preset, intensity)
    if form not in FORMS:
        raise SettingsError(f"there is no form {form!r}: known are {', '.join(FORMS)}; type --as native")
    if not scale > 0:
        raise SettingsError(f"scale is {scale}, and must be greater than 0: type --scale 1")
    own = session(spark)
    folder = write.Folder(own, out)
    if not folder.is_free():
        raise SettingsError(
            f"the folder {out} is not empty: name a new or empty one with --out, or remove what is in it"
        )
    scene = Scene(own, Draw(seed), chosen.start, chosen.days, scale, max(1, round(chosen.population * scale)))
    plan = _plan(scene, chosen).persist()
    try:
        counted = (_write_tables if form == TABLES else _write_native)(scene, folder, plan, chosen)
        folder.one_csv("truth.csv", accounts.truth(plan))
        kinds = {row["kind"]: row["count"] for row in plan.where("stint = 0").groupBy("kind").count().collect()}
    finally:
        plan.unpersist()
    return World(
        out=out,
        preset=preset,
        seed=seed,
        scale=scale,
        exchanges=counted["exchanges"],
        campaign_exchanges=counted["campaign"],
        accounts=sum(kinds.values()),
        campaign_accounts=kinds.get("campaign", 0),
        trap_accounts=kinds.get("trap", 0),
        traps=len(chosen.traps),
        bytes=folder.size(),
    )


def session(spark: SparkSession) -> SparkSession:
    """A session with fixed settings beside the caller's, so that no setting of the caller's changes a world."""
    own = spark.newSession()
    for name, value in SETTINGS.items():
        own.conf.set(name, value)
    return own


def _plan(scene: Scene, preset: Preset) -> DataFrame:
    pools = [campaign.pool(scene, each, 0.75) for each in preset.campaigns]
    guests = scene.count(preset.campaigns[0].pool_guests) if preset.campaigns else 0
    groups = [population.plan(scene, scene.count(preset.population), pools=pools, guests=guests)]
    groups += [traps.plan(scene, each) for each in preset.traps]
    groups += [evasions.plan(scene, each) for each in preset.campaigns]
    return complete(scene, groups)


def _write_tables(scene: Scene, folder: write.Folder, plan: DataFrame, chosen: Preset) -> dict[str, int]:
    """The tables, with the numbers of exchanges that the preset asks for."""
    made = totals.counted(scene, plan, chosen.totals)
    fingerprint = hashlib.sha256(f"world {chosen} {scene.draw.seed} {scene.scale}".encode()).hexdigest()
    counts = warehouse.exchanges(scene, made, folder.uri, fingerprint)
    warehouse.people_and_models(scene, plan, folder.uri, fingerprint)
    return counts


def _write_native(scene: Scene, folder: write.Folder, plan: DataFrame, chosen: Preset) -> dict[str, int]:
    """The logs; totals of the preset are met as far as whole sessions allow."""
    counted = _write_exchanges(scene, folder, totals.voluminous(scene, plan, chosen.totals))
    _write_accounts(scene, folder, plan)
    _write_lists(scene, folder, plan)
    return counted


def _write_exchanges(scene: Scene, folder: write.Folder, plan: DataFrame) -> dict[str, int]:
    """Files hold consecutive stretches of time. Fields are drawn after the rows are in order, to sort little."""
    files = max(1, round(scene.people / PEOPLE_PER_FILE))
    since = F.col("ms") - F.lit(scene.start * 1000)
    part = F.floor(since * F.lit(files) / F.lit(scene.days * DAY_MS)).cast("int")
    moments = write.cut(exchanges.timeline(scene, plan).withColumn(write.PART, part), files, "ms", "exchange")
    observation = Observation()
    counted = moments.observe(
        observation,
        F.count(F.lit(1)).alias("exchanges"),
        F.count(F.when(F.col("kind") == "campaign", 1)).alias("campaign"),
    )
    folder.ndjson("exchanges", exchanges.describe(scene, counted, write.PART))
    return {name: int(value) for name, value in observation.get.items()}


def _write_accounts(scene: Scene, folder: write.Folder, plan: DataFrame) -> None:
    rows = accounts.accounts(scene, plan).withColumn(
        write.PART, F.pmod(F.crc32("account_id"), F.lit(ACCOUNT_FILES)).cast("int")
    )
    folder.csv("accounts", write.cut(rows, ACCOUNT_FILES, "account_id"))


def _write_lists(scene: Scene, folder: write.Folder, plan: DataFrame) -> None:
    """Models and their releases; a few organisations that the provider knows and trusts, with the domain of their staff."""
    rows = [{"model": model.name, "ms": int(model.released.timestamp() * 1000)} for model in MODELS]
    models = scene.spark.range(1).select(F.inline(constant(rows, "array<struct<model:string,ms:bigint>>")))
    folder.one_csv("models.csv", models.select("model", iso(F.col("ms")).alias("released_time")))
    known = F.col("scenario").isin(KNOWN_TRAPS) | scene.draw.chance("declared", DECLARED_SHARE, F.col("org_id"))
    staff = plan.where((F.col("plan") == "enterprise") & known)
    domain = F.min(F.substring_index("email", "@", -1)).alias("domain")
    each = F.array(
        F.struct(F.lit("organisation").alias("what"), F.col("org_id").alias("value")),
        F.struct(F.lit("domain").alias("what"), F.col("domain").alias("value")),
    )
    organisations = staff.groupBy("org_id").agg(domain).select(F.inline(each))
    folder.one_csv(
        "declared/organisations.csv",
        organisations.select(
            "*", F.lit("customer register").alias("source"), F.lit("contract on file, domain verified").alias("note")
        ),
    )
