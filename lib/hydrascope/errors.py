"""The few kinds of trouble a user can be told about; anything else is a defect and keeps its traceback."""

from __future__ import annotations

import difflib
from collections.abc import Collection


def suggestion(name: str, known: Collection[str], called: str, shown: Collection[str] = ()) -> str:
    """What to tell somebody who wrote `name`: the nearest of the known names, else those that are to be shown, or all."""
    found = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{found[0]}'?" if found else f"the {called} are {', '.join(shown or known)}"


class HydrascopeError(Exception):
    """Base of every error with a message for people: the thing, the value seen, the values allowed, what to type next."""

    exit_code = 2


class SettingsError(HydrascopeError):
    """A setting, an argument or the installation is not usable; the message lists every problem found."""


class NotFound(HydrascopeError):
    """A path, table, campaign, account or observable that was asked for does not exist."""


class ContractError(HydrascopeError):
    """A contract file is malformed, or a table was written under a contract this version does not know."""


class SourceError(HydrascopeError):
    """An input object cannot be read or no known format fits it."""


class GateFailed(HydrascopeError):
    """A critical rule of a table's contract was broken, or a check could not run; nothing was written."""

    exit_code = 3


class ServiceError(HydrascopeError):
    """Something outside this program failed: storage, the cluster, the network."""

    exit_code = 4
