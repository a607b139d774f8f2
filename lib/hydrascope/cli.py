"""The command `hydrascope`: one verb each, wiring only. Results on stdout, logs and progress on stderr.

Exit 0 done, 2 user error, 3 a gate failed, 4 an outside service failed. Spark is imported by the verb that needs it.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from hydrascope import __version__, commands, listing, screen
from hydrascope.errors import HydrascopeError, NotFound, SettingsError, suggestion

app = typer.Typer(
    help="Find coordinated account campaigns in an AI provider's API logs, and show why.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Warehouse = Annotated[str, typer.Option(help="Folder of the Delta tables.")]
SettingsFile = Annotated[str | None, typer.Option("--settings", help="TOML file of settings.")]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="One setting: section.name=value. May be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Format = Annotated[str | None, typer.Option("--format", help="Read every object as this format.")]
DAY = "%Y-%m-%d"
VERDICTS = ("joins", "context", "dropped")
Seed = Annotated[int, typer.Option(help="The same seed gives the same world.")]


@app.callback(invoke_without_command=True)
def hydrascope(
    context: typer.Context, version: Annotated[bool, typer.Option(help="Print the version.")] = False
) -> None:
    """Find coordinated account campaigns in an AI provider's API logs, and show why."""
    if version:
        print(f"hydrascope {__version__}")
    elif context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(2)


@app.command()
def demo(
    out: Annotated[str, typer.Option(help="Folder for everything.")] = "demo", seed: Seed = 1, json: Json = False
) -> None:
    """Generate a small world, find its campaign, write the case file, say where it is."""
    from hydrascope import pipeline

    chosen = commands.load_settings(None, None)
    spark = commands.start_spark(chosen)
    place = Path(out) / f"world-{seed}"
    commands.make_world(spark, "demo", seed, 1.0, place)
    warehouse = str(Path(out) / f"warehouse-{seed}")
    pipeline.ingest_and_detect(spark, str(place), warehouse, chosen, listener=commands.watch)
    pages = commands.write_report(warehouse, None, str(Path(out) / f"case-{seed}"))
    result = {
        "case_file": [str(page) for page in pages],
        **commands.evaluated(spark, warehouse, str(place / "truth.csv")),
    }
    if json:
        screen.as_json(result)
        return
    listing.evaluation(result)
    print(f"\ncase file: {pages[0]}")


@app.command()
def world(
    out: Annotated[str, typer.Option(help="Folder to write; it must not hold anything.")],
    preset: Annotated[str, typer.Option(help="Which world.")] = "demo",
    seed: Seed = 1,
    scale: Annotated[float, typer.Option(help="Multiplies every size.")] = 1.0,
    intensity: Annotated[str, typer.Option(help="weak, plain or strong: how far traps and evasions go.")] = "plain",
    form: Annotated[
        str,
        typer.Option(
            "--as", help="native: logs with prompts. tables: a warehouse without prompts, to be run as it is."
        ),
    ] = "native",
    overrides: Overrides = None,
    json: Json = False,
) -> None:
    """Write a generated world with known truth."""
    from hydrascope import worlds

    chosen = commands.load_settings(None, overrides)
    started = time.monotonic()
    spark = commands.start_spark(chosen)
    made = worlds.generate(spark, out, preset=preset, seed=seed, scale=scale, intensity=intensity, form=form)
    screen.progress("world", made.exchanges, time.monotonic() - started)
    listing.rows([commands.plain(made)], "world", json)


@app.command()
def ingest(
    input: Annotated[str | None, typer.Option(help="Folder or file of raw logs.")] = None,
    warehouse: Annotated[str | None, typer.Option(help="Folder of the Delta tables.")] = None,
    explain: Annotated[
        str | None,
        typer.Option(help="One file: say what it is taken for and why, and map a record of it; nothing is written."),
    ] = None,
    format: Format = None,
    settings: SettingsFile = None,
    overrides: Overrides = None,
    json: Json = False,
) -> None:
    """Read raw logs into the warehouse and print each object's ledger; no detection."""
    from hydrascope import pipeline

    chosen = commands.load_settings(settings, overrides)
    if explain is not None:
        listing.explained(commands.explained(explain, chosen, format), json)
        return
    if input is None or warehouse is None:
        raise SettingsError(
            "what to read is not named: give --input and --warehouse, or --explain FILE to see what a file is"
        )
    commands.demand_readable(input, warehouse)
    spark = commands.start_spark(chosen)
    pipeline.ingest_and_detect(spark, input, warehouse, chosen, forced=format, detection=False, listener=commands.watch)
    listing.ledger(spark, warehouse, json)


@app.command()
def run(
    warehouse: Warehouse,
    input: Annotated[
        str | None, typer.Option(help="Folder or file of raw logs; detection alone over the warehouse when left out.")
    ] = None,
    format: Format = None,
    name: Annotated[str | None, typer.Option(help="CAMPAIGN=OPERATOR: say who runs it; needs --reason.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, on record.")] = None,
    sponsor: Annotated[str | None, typer.Option(help="Who benefits, apart from the operator.")] = None,
    named_by: Annotated[str | None, typer.Option(help="Who decides, if not the login name.")] = None,
    settings: SettingsFile = None,
    overrides: Overrides = None,
    json: Json = False,
) -> None:
    """The main job: raw logs to campaigns. Goes on where an earlier run was cut off.

    With --name the campaign is named where an outside indicator that it matches names the same operator.
    """
    from hydrascope import naming, pipeline

    chosen = commands.load_settings(settings, overrides)
    asked = naming.asked(name, reason, sponsor, named_by)
    if input is None:
        commands.detect(warehouse, chosen, json, asked)
        return
    commands.demand_readable(input, warehouse)
    spark = commands.start_spark(chosen)
    pipeline.ingest_and_detect(spark, input, warehouse, chosen, forced=format, listener=commands.watch)
    commands.record_naming(spark, warehouse, chosen, asked)
    listing.ledger(spark, warehouse, json)
    if not json:
        listing.campaigns(commands.open_case(warehouse).campaigns())


@app.command()
def show(
    what: Annotated[
        str,
        typer.Argument(help="A table; 'tables' for all with their content hashes; 'hubs' for the most shared values."),
    ] = "campaigns",
    campaign: Annotated[str | None, typer.Argument(help="Rows of this campaign alone.")] = None,
    warehouse: Warehouse = "demo/warehouse-1",
    only: Annotated[list[str] | None, typer.Option(help="column=value; may be repeated.")] = None,
    verdict: Annotated[str | None, typer.Option(help="Observables: joins, context or dropped.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most rows shown.")] = 50,
    json: Json = False,
) -> None:
    """Print a table of the warehouse, in the order of its key."""
    from hydrascope import contract as contracts

    if what == "tables":
        listing.rows(
            commands.inventory(commands.start_spark(commands.load_settings(None, None)), warehouse), "tables", json
        )
        return
    if what != "hubs" and what not in contracts.tables():
        known = ("tables", "hubs", *contracts.tables())
        raise NotFound(f"no table '{what}'; {suggestion(what, known, 'tables')}")
    if verdict not in (None, *VERDICTS):
        raise SettingsError(f"--verdict is '{verdict}', and can be {', '.join(VERDICTS)}")
    case = commands.open_case(warehouse, "observables" if what == "hubs" else what)
    if campaign is not None:
        case.campaign(campaign)
        only = [*(only or []), f"campaign_id={campaign}"]
    frame = case.hubs() if what == "hubs" else case.table(what).orderBy(*contracts.load(what).key)
    for condition in [*(only or []), *([f"verdict={verdict}"] if verdict is not None else [])]:
        frame = commands.filtered(frame, what, condition)
    found = listing.taken(frame, limit + 1)
    listing.rows(found[:limit], what, json)
    if len(found) > limit:
        print(f"only the first {limit} rows are shown; type --limit N or --only column=value", file=sys.stderr)


@app.command()
def explain(
    account: Annotated[str, typer.Argument(help="An account.")],
    other: Annotated[str | None, typer.Argument(help="Another account.")] = None,
    warehouse: Warehouse = "demo/warehouse-1",
    svg: Annotated[str | None, typer.Option(help="File to draw what two accounts share in, bit by bit.")] = None,
    json: Json = False,
) -> None:
    """Say what holds an account in its cluster, or what two accounts share."""
    case = commands.open_case(warehouse)
    if svg is not None and other is None:
        raise SettingsError(f"--svg draws what two accounts share: type hydrascope explain {account} OTHER --svg {svg}")
    found = listing.taken(case.explain(account, other), 10_000)
    if other is None and not json:
        print("\n".join(map(screen.printable, case.standing(account))), end="\n\n")
    listing.rows(found, "explain", json)
    if svg is not None and other is not None:
        commands.draw(case.waterfall(account, other), svg)


@app.command()
def path(
    account: Annotated[str, typer.Argument(help="An account.")],
    other: Annotated[str, typer.Argument(help="Another account.")],
    warehouse: Warehouse = "demo/warehouse-1",
    json: Json = False,
) -> None:
    """Show the shortest chain of accounts from one to the other, by the strongest joints."""
    found = listing.taken(commands.open_case(warehouse).path(account, other), 10_000)
    listing.rows(found, "path", json)
    if not found:
        print(f"no joint leads from {account} to {other}: they are in no common component", file=sys.stderr)


@app.command()
def pivot(
    value: Annotated[str, typer.Argument(help="kind=value, such as ip=8.8.4.4")],
    warehouse: Warehouse = "demo/warehouse-1",
    first: Annotated[datetime | None, typer.Option("--from", formats=[DAY], help="First UTC day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=[DAY], help="Last UTC day.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most accounts shown.")] = 50,
    json: Json = False,
) -> None:
    """Show who was seen with a value, when, in which cluster and campaign, and the verdict on the value."""
    kind, equals, wanted = value.partition("=")
    if not equals:
        raise SettingsError(f"'{value}' is no kind=value; type hydrascope pivot ip=8.8.4.4")
    case = commands.open_case(warehouse)
    days = {"first": first and first.date(), "last": last and last.date()}
    found = listing.taken(case.pivot(**days, **{kind: wanted}), limit + 1)
    verdicts = listing.taken(case.observable(**{kind: wanted}), 1)
    if json:
        screen.as_json({"observable": verdicts[0] if verdicts else None, "accounts": found[:limit]})
        return
    about = ["accounts", "exchanges", "first_time", "last_time", "rarity_bits", "verdict", "reason"]
    screen.table(verdicts, about, "verdict, over all days")
    print()
    screen.table(found[:limit], None, "accounts seen with it")
    if len(found) > limit:
        print(f"only the first {limit} accounts are shown; type --limit N", file=sys.stderr)


@app.command()
def report(
    warehouse: Warehouse = "demo/warehouse-1",
    out: Annotated[str, typer.Option(help="Folder for the case files.")] = "case",
    campaign: Annotated[str | None, typer.Option(help="One campaign; all when left out.")] = None,
    json: Json = False,
) -> None:
    """Write the case file: one self-contained page and one JSON file per campaign, and an index."""
    commands.demand_case(warehouse)
    pages = commands.write_report(warehouse, campaign, out)
    listing.rows([{"file": str(page)} for page in pages], "case file", json)


@app.command()
def evaluate(
    warehouse: Annotated[str | None, typer.Option(help="Folder of the Delta tables.")] = None,
    truth: Annotated[str | None, typer.Option(help="truth.csv of the generated world.")] = None,
    sweep: Annotated[str | None, typer.Option(help="Folder: judge many worlds, made and removed there.")] = None,
    presets: Annotated[str, typer.Option(help="Worlds of the sweep.")] = "mixed,traps,evasions,quiet",
    intensities: Annotated[str, typer.Option(help="How far its traps and evasions go.")] = "plain",
    seeds: Annotated[str, typer.Option(help="Seeds of the sweep, each for every world.")] = "1",
    scale: Annotated[float, typer.Option(help="Multiplies every size in the sweep.")] = 0.1,
    without: Annotated[str, typer.Option(help="Sweep: also without these views, such as links.address, or all.")] = "",
    settings: SettingsFile = None,
    overrides: Overrides = None,
    json: Json = False,
) -> None:
    """Compare what was found with the known truth of a generated world, or with --sweep of many."""
    chosen = commands.load_settings(settings, overrides)
    if sweep is not None:
        commands.sweep(sweep, (presets, intensities, seeds), scale, without, chosen, json)
        return
    if warehouse is None or truth is None:
        raise SettingsError(
            "what to judge is not named: give --warehouse and --truth, or --sweep FOLDER for many worlds"
        )
    commands.demand_case(warehouse)
    result = commands.evaluated(commands.start_spark(chosen), warehouse, truth)
    if json:
        screen.as_json(result)
    else:
        listing.evaluation(result)


@app.command()
def weights(
    warehouse: Warehouse,
    out: Annotated[str, typer.Option(help="Settings file to write; use it with --settings.")] = "weights.toml",
    json: Json = False,
) -> None:
    """Learn from a warehouse what sharing a value of each kind is worth, and write it as settings."""
    from hydrascope import learning, weighing
    from hydrascope.kinds import KINDS

    case = commands.open_case(warehouse)
    learned = learning.learn(case.table("links"), case.table("activity").select("account_id").distinct().count())
    about = f"Learned by hydrascope {__version__} from '{warehouse}', links version {case.versions()['links']}."
    text = weighing.as_settings(learned, {kind.name: kind.worth for kind in KINDS}, about)
    commands.write(out, text, "--out")
    listing.rows([commands.plain(each) for each in learned], "weights", json)
    print(f"written to {out}; type hydrascope run --settings {out}", file=sys.stderr)


@app.command()
def doctor(json: Json = False) -> None:
    """Say what is installed, what is missing and what to type."""
    from hydrascope.doctor import examine

    checks = [commands.plain(check) for check in examine()]
    listing.rows(checks, "doctor", json)
    if not all(check["ok"] for check in checks):
        raise typer.Exit(2)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; a user's mistake is one line on stderr and a code, never a traceback."""
    try:
        code = app(args=arguments, standalone_mode=False)
    except typer.Abort:
        return _refuse("stopped", 130)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        return _refuse(f"{error.format_message()} Type '{context.command_path if context else 'hydrascope'} --help'", 2)
    except HydrascopeError as error:
        return _refuse(str(error), error.exit_code)
    return int(code or 0)


def _refuse(message: str, code: int) -> int:
    print(f"hydrascope: {screen.printable(' '.join(message.split()))}", file=sys.stderr)
    return code
