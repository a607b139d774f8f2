"""Naming who runs a campaign: a decision of a person, with a reason, that an outside indicator must back. Never automatic."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hydrascope import contract as contracts
from hydrascope import tables
from hydrascope.errors import SettingsError

if TYPE_CHECKING:
    from hydrascope.case import Case

MOST_NAMES = 5
EXAMPLE = '--name HS-0A1B2C3D4E="Grey Heron" --reason "court filing 12-345, read by two of us"'


@dataclass(frozen=True)
class Naming:
    """What a person asks for: null operator withdraws what was named before."""

    campaign_id: str
    operator: str | None
    sponsor: str | None
    reason: str
    named_by: str


def asked(name: str | None, reason: str | None, sponsor: str | None, named_by: str | None) -> Naming | None:
    """The naming that the options of a command ask for, None where they ask for none. Raises SettingsError."""
    if name is None:
        if reason is not None or sponsor is not None or named_by is not None:
            raise SettingsError(f"--reason, --sponsor and --named-by belong to a --name: type {EXAMPLE}")
        return None
    campaign_id, equals, operator = (part.strip() for part in name.partition("="))
    if not equals or not campaign_id:
        raise SettingsError(f"--name is '{name}', and must be a campaign and who runs it: type {EXAMPLE}")
    if reason is None or not reason.strip():
        raise SettingsError(f"--name needs a --reason, which is recorded: type {EXAMPLE}")
    benefits = (sponsor or "").strip() or None
    if benefits and not operator:
        raise SettingsError(f"--sponsor is '{benefits}', but --name names no operator: type {EXAMPLE} --sponsor NAME")
    return Naming(campaign_id, operator or None, benefits, reason.strip(), (named_by or "").strip() or _login())


def record(case: Case, naming: Naming) -> None:
    """Record a naming for the next detection to follow; raises SettingsError, and records nothing, where nothing backs it.

    A campaign is named only where its conduct reached `extraction`, and where an outside indicator that its accounts
    match names the same operator, and the same sponsor if one is given.
    """
    (campaign,) = case.campaign(naming.campaign_id).collect()
    if naming.operator is not None:
        if campaign["level"] not in ("extraction", "named"):
            raise SettingsError(
                f"{naming.campaign_id} is not named: its level is '{campaign['level']}', and only one of level 'extraction' "
                f"can be; type 'hydrascope report --campaign {naming.campaign_id} --warehouse {case.warehouse}' for why"
            )
        _backed(case, naming, "operator", naming.operator)
    if naming.sponsor is not None:
        _backed(case, naming, "sponsor", naming.sponsor)
    row = {**asdict(naming), "named_time": dt.datetime.now(dt.UTC), "run_id": campaign["last_run"]}
    contract = contracts.load("namings")
    frame = case.spark.createDataFrame([tuple(row[name] for name in contract.names)], contract.ddl)
    fingerprint = hashlib.sha256(json.dumps(row, default=str, sort_keys=True).encode()).hexdigest()
    tables.write(frame.coalesce(1), case.warehouse, contract, fingerprint, append=True)


def _backed(case: Case, naming: Naming, who: str, name: str) -> None:
    from pyspark.sql import functions as F

    from hydrascope.stages.outside import backing, same_name

    matches = case.matches(naming.campaign_id)
    if not backing(matches, who).where(same_name(F.lit(name), F.col(f"{who}_key"))).isEmpty():
        return
    seen = [row.asDict() for row in matches.where("source_kind = 'watchlist'").collect()]
    raise SettingsError(
        f"{naming.campaign_id} is not named: no outside indicator that it matches names '{name}' as {who}; "
        f"{_told(seen, who)}; type 'hydrascope show matches {naming.campaign_id} --warehouse {case.warehouse}', or add the "
        "indicator to watchlist/ of the input and type 'hydrascope run --input FOLDER' with the same --name"
    )


def _told(seen: list[dict[str, Any]], who: str) -> str:
    """What the indicators that match do name."""
    if not seen:
        return "its accounts match no outside indicator"
    names = sorted({str(row[who]) for row in seen if row[who] is not None})
    some = f"name {', '.join(names[:MOST_NAMES])}{' and others' if len(names) > MOST_NAMES else ''}"
    return f"it matches {len(seen)}, which {some if names else 'name nobody'}"


def _login() -> str:
    """The login name of whoever runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise SettingsError("the login name is not known: type --named-by NAME") from None
