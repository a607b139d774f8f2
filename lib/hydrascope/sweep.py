"""Many generated worlds, each run and judged; what they say together.

A world that has been judged is not made again, nor judged without the same view twice, so that a sweep which was cut off goes
on where it stopped. Worlds and warehouses are removed once they are judged: what stays of each is one JSON file.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from hydrascope import __version__, ablation, evaluate, pipeline, portrait, provenance, scores, tables, worlds
from hydrascope.errors import SettingsError
from hydrascope.settings import Settings

Result = Mapping[str, Any]
PUBLISHED = "evaluation.json"
"""The pooled result of the sweep that docs/evaluation.md tells, kept with the package."""
VIEWS = ".views"
"""What a file is called that holds, until a world is judged, what was found in it without each view."""


@dataclass(frozen=True)
class Wanted:
    """One world of a sweep."""

    preset: str
    intensity: str
    seed: int
    scale: float

    @property
    def name(self) -> str:
        """The name of its result file."""
        return f"{self.preset}-{self.intensity}-{self.seed}"


def wanted(presets: Sequence[str], intensities: Sequence[str], seeds: Sequence[str], scale: float) -> list[Wanted]:
    """The product of presets, intensities and seeds, seed by seed. Raises SettingsError for a word that is unknown."""
    unknown = [word for word in presets if word not in worlds.PRESETS]
    unknown += [word for word in intensities if word not in worlds.INTENSITIES]
    if unknown:
        raise SettingsError(
            f"unknown in the sweep: {', '.join(unknown)}; --presets takes {', '.join(sorted(worlds.PRESETS))}, "
            f"--intensities {', '.join(worlds.INTENSITIES)}"
        )
    if not all(seed.isdigit() for seed in seeds):
        raise SettingsError(f"--seeds is '{','.join(seeds)}', and takes whole numbers: type --seeds 1,2,3")
    if not scale > 0:
        raise SettingsError(f"--scale is {scale}, and must be greater than 0: type --scale 0.1")
    return [Wanted(preset, step, int(seed), scale) for seed, preset, step in product(seeds, presets, intensities)]


def sweep(
    spark: SparkSession,
    out: str,
    settings: Settings,
    chosen: Iterable[Wanted],
    *,
    without: Sequence[tuple[str, str]] = (),
    done: Callable[[Wanted, float], None],
) -> list[Result]:
    """The result of every world chosen, in order; `done` is told each with the seconds it took, 0 where it was there.

    `without` are views (`ablation.chosen`) that detection is run without as well, one after the other. Raises SettingsError
    for a world that was judged there with other settings.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    results = []
    for each in chosen:
        place = folder / f"{each.name}.json"
        started = time.time()
        if not place.is_file():
            told = _judge(spark, folder / each.name, settings, each, without)
            half = place.with_suffix(".part")
            half.write_text(json.dumps(told, indent=1, sort_keys=True, default=str) + "\n", encoding="utf-8")
            half.rename(place)
            place.with_suffix(VIEWS).unlink(missing_ok=True)
            done(each, time.time() - started)
        else:
            done(each, 0.0)
        result = json.loads(place.read_text(encoding="utf-8"))
        if result["settings"] != settings.digest():
            raise SettingsError(
                f"'{place}' was judged with other settings ({result['settings'][:12]}, now {settings.digest()[:12]}); "
                "give --sweep a folder of its own, or remove the file"
            )
        results.append(result)
    return results


def _judge(
    spark: SparkSession, place: Path, settings: Settings, wanted: Wanted, without: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    shutil.rmtree(place, ignore_errors=True)  # what a sweep that was cut off left of this world
    world, warehouse = str(place / "world"), str(place / "warehouse")
    try:
        started = time.time()
        made = worlds.generate(
            spark, world, preset=wanted.preset, seed=wanted.seed, scale=wanted.scale, intensity=wanted.intensity
        )
        generated = time.time()
        # Detection runs with the truth out of its sight.
        truth = (place / "world" / "truth.csv").rename(place / "truth.csv")
        pipeline.ingest_and_detect(spark, world, warehouse, settings)
        detected = time.time()
        told = evaluate.of_warehouse(spark, warehouse, str(truth))
        seen = [tables.read(spark, warehouse, name) for name in ("exchanges", "models")]
        features = portrait.portrait(seen[0], seen[1], evaluate.read_truth(spark, str(truth)))
        views = ablated(
            place.with_suffix(VIEWS),
            without,
            lambda left: ablation.ablate(spark, warehouse, str(truth), settings, left),
        )
        whole = {"section": "", "view": "", **ablation.summary(told)}
    finally:
        shutil.rmtree(place, ignore_errors=True)
    seconds = {"generate": round(generated - started, 1), "run": round(detected - generated, 1)}
    return {
        **asdict(wanted),
        "world": asdict(made),
        "seconds": seconds,
        **_method(settings),
        "evaluation": told,
        "ablation": [whole, *views] if views else [],
        "portrait": [asdict(feature) for feature in features],
    }


def ablated(
    file: Path,
    without: Sequence[tuple[str, str]],
    ablate: Callable[[Sequence[tuple[str, str]]], Iterable[Result]],
) -> list[Result]:
    """What was found without each view, in their order.

    Every row is put into the file as it comes, and what the file holds is not made again.
    """
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.is_file() else []
    found = {(row["section"], row["view"]): row for row in rows}
    for row in ablate([view for view in without if view not in found]):
        found[row["section"], row["view"]] = row
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row) + "\n")
    return [found[view] for view in without]


def _method(settings: Settings) -> dict[str, str]:
    return {
        "version": __version__,
        "code": provenance.code_version(),
        "settings": settings.digest(),
        "date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
    }


def pool(results: Sequence[Result]) -> dict[str, Any]:
    """What many worlds say together: counts are added up, and rates are made from the sums.

    `scenarios` has one row per scenario, kind and intensity; `calibration` is over all accounts that were named.
    """
    told = [result["evaluation"] for result in results]
    planted = [(result["intensity"], each) for result in results for each in result["evaluation"]["campaigns_planted"]]
    right = sum(each["attributed"] for _, each in planted)
    real = sum(each["accounts"] for _, each in planted)
    wrong, innocent, trapped, trap_accounts = (
        sum(each[name] for each in told)
        for name in ("innocent_accounts_attributed", "innocent_accounts", "trap_accounts_attributed", "trap_accounts")
    )
    return {
        "worlds": len(results),
        "presets": sorted({result["preset"] for result in results}),
        "seeds": sorted({result["seed"] for result in results}),
        "intensities": sorted({result["intensity"] for result in results}),
        "exchanges": sum(result["world"]["exchanges"] for result in results),
        **{name: sorted({result[name] for result in results}) for name in ("version", "code", "settings", "date")},
        "precision": scores.share(right, right + wrong),
        "recall": scores.share(right, real),
        "innocent_accounts": innocent,
        "innocent_accounts_attributed": wrong,
        "innocent_accounts_upper": scores.upper_bound(wrong, innocent),
        "trap_accounts": trap_accounts,
        "trapped": trapped,
        "trap_accounts_upper": scores.upper_bound(trapped, trap_accounts),
        "scenarios": _scenarios(results),
        "linkage": _linkage([each["linkage"] for each in told]),
        "ablation": ablation.pooled([result.get("ablation", []) for result in results]),
        "candidates": sum(len(each.get("candidates", [])) for each in told),
        "portrait": _portraits([result["portrait"] for result in results]),
        "calibration": _calibration([each["calibration"] for each in told]),
        "false_positives_by_size": _by_size([each["false_positives_by_size"] for each in told]),
    }


def _scenarios(results: Sequence[Result]) -> list[dict[str, Any]]:
    added: dict[tuple[str, str, str], dict[str, Any]] = {}
    summed = ("groups", "accounts", "attributed", "associated", *evaluate.OUTCOMES)
    for result in results:
        for row in result["evaluation"]["scenarios"]:
            key = (row["kind"], row["scenario"], result["intensity"])
            mine = added.setdefault(key, dict.fromkeys(summed, 0))
            for name in summed:
                mine[name] += row[name]
    rows = []
    for (kind, scenario, intensity), sums in sorted(added.items(), key=_in_order):
        rate = {"recall": scores.share(sums["attributed"], sums["accounts"]), "upper": None}
        if kind != "campaign":
            rate = {"recall": None, "upper": scores.upper_bound(sums["attributed"], sums["accounts"])}
        rows.append({"scenario": scenario, "kind": kind, "intensity": intensity, **sums, **rate})
    return rows


def _linkage(told: Sequence[Result]) -> dict[str, Any]:
    """What clusters join, over all worlds, per scenario of campaigns and per scenario of traps."""
    scenarios, traps = (_by_scenario([row for each in told for row in each[what]]) for what in ("scenarios", "traps"))
    counts = ("accounts", "clustered", "joined")
    return {
        **_joined(told),
        "scenarios": [{"scenario": name, **_joined(rows)} for name, rows in scenarios.items()],
        "traps": [
            {"scenario": name, **{count: sum(row[count] for row in rows) for count in counts}}
            for name, rows in traps.items()
        ],
    }


def _by_scenario(rows: Sequence[Result]) -> dict[str, list[Result]]:
    names = sorted({row["scenario"] for row in rows}, key=_numbered)
    return {name: [row for row in rows if row["scenario"] == name] for name in names}


def _joined(rows: Sequence[Result]) -> dict[str, Any]:
    counts = ("groups", "pairs_right", "pairs_found", "pairs_planted", "merged", "split")
    sums = {name: sum(row[name] for row in rows) for name in counts}
    found = sum(row["pairs_all_right"] for row in rows)
    return {
        **sums,
        "pairs_all_right": found,
        "pair_precision": scores.share(found, sums["pairs_found"]),
        "pair_recall": scores.share(sums["pairs_right"], sums["pairs_planted"]),
    }


def _portraits(told: Sequence[Sequence[Result]]) -> list[dict[str, Any]]:
    """The least and the greatest value of each feature over the worlds that have one."""
    held: dict[tuple[str, str], list[float]] = {}
    for features in told:
        for each in features:
            values = held.setdefault((each["name"], each["public"]), [])
            if each["value"] is not None:
                values.append(each["value"])
    return [
        {"name": name, "least": min(values, default=None), "greatest": max(values, default=None), "public": public}
        for (name, public), values in held.items()
    ]


def _in_order(entry: tuple[tuple[str, str, str], Any]) -> tuple[Any, ...]:
    """B2 before B10, and weak before strong."""
    kind, scenario, intensity = entry[0]
    order = list(worlds.INTENSITIES)
    return kind, *_numbered(scenario), order.index(intensity) if intensity in order else 0


def _numbered(scenario: str) -> tuple[str, int, str]:
    return scenario[:1], int(scenario[1:]) if scenario[1:].isdigit() else 0, scenario


def _calibration(told: Sequence[Result]) -> dict[str, Any]:
    sums: dict[float, list[float]] = {}
    for each in told:
        for row in each["table"]:
            mine = sums.setdefault(row["from"], [row["to"], 0, 0.0, 0.0])
            mine[1] += row["accounts"]
            mine[2] += row["accounts"] * row["stated"]
            mine[3] += row["accounts"] * row["observed"]
    table = [
        {"from": low, "to": to, "accounts": n, "stated": scores.share(stated, n), "observed": scores.share(seen, n)}
        for low, (to, n, stated, seen) in sorted(sums.items())
    ]
    accounts = sum(each["accounts"] for each in told)
    loss = sum(each["brier"] * each["accounts"] for each in told if each["brier"] is not None)
    return {"brier": scores.share(loss, accounts), "accounts": accounts, "table": table}


def _by_size(told: Sequence[Sequence[Result]]) -> list[dict[str, Any]]:
    rows = []
    for same in zip(*told, strict=True):
        sums = {name: sum(row[name] for row in same) for name in ("campaigns", "accounts", "wrong")}
        rows.append({"from": same[0]["from"], "below": same[0]["below"], **sums})
    return rows


def publish(results: Sequence[Result], out: str) -> dict[str, Any]:
    """Pool the results and write them to the folder: evaluation.json, scenarios.csv and two figures. Returns the pool."""
    from hydrascope.report import figures

    told = pool(results)
    folder = Path(out)
    (folder / PUBLISHED).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    with (folder / "scenarios.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(told["scenarios"][0]))
        writer.writeheader()
        writer.writerows(told["scenarios"])
    for name, chart in (
        ("recall.svg", figures.recall_chart(told["scenarios"])),
        ("reliability.svg", figures.reliability_chart(told["calibration"]["table"])),
    ):
        (folder / name).write_text(figures.svg(chart) + "\n", encoding="utf-8")
    return told


def published() -> Result | None:
    """The pooled result that was published with this version, or None where there is none."""
    file = resources.files("hydrascope") / PUBLISHED
    if not file.is_file():
        return None
    told: Result = json.loads(file.read_text(encoding="utf-8"))
    return told if told["version"] == [__version__] else None


def error_rate() -> Result | None:
    """What a case file says of how often this version is wrong; None where nothing was published with it."""
    told = published()
    return told and {
        name: told[name] for name in ("worlds", "precision", "recall", "trapped", "innocent_accounts_upper")
    }
