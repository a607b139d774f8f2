"""E-mail addresses and phone numbers, reduced to what can link accounts without naming a person."""

from __future__ import annotations

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from hydrascope import domains

PREFIX_DIGITS = 7


def email_domain(email: Column) -> Column:
    """The registered domain, as `domains.registrable` has it; null for text without one."""
    found: Column = _registrable(_domain(email))
    return found


def mailbox(email: Column) -> Column:
    """The address in the one spelling that all spellings of a mailbox share: lower case, no `+tag`, no dots at Google."""
    local = _local(email)
    domain = F.regexp_replace(_domain(email), r"^googlemail\.com$", "gmail.com")
    dotless = F.when(domain == "gmail.com", F.regexp_replace(local, r"\.", "")).otherwise(local)
    return F.coalesce(F.concat(dotless, F.lit("@"), domain), F.lower(email))


def email_kind(email: Column) -> Column:
    """`free`, `disposable` or `other` (on no list), by domain; null without a domain."""
    found: Column = _kind(_domain(email))
    return found


def told_otherwise(accounts: DataFrame, path: str) -> DataFrame:
    """Accounts with the class of their mail domain as the customer's file has it, where it has one.

    The file is read here, once, and goes with the function to wherever it runs. Raises SettingsError for a file that
    cannot be used.
    """
    told = domains.read_classes(path)

    @F.pandas_udf(StringType())  # type: ignore[call-overload]
    def look_up(values: pd.Series) -> pd.Series:
        return values.map(told.get, na_action="ignore")

    return accounts.withColumn("email_kind", F.coalesce(look_up("email_domain"), "email_kind"))


def email_shape(email: Column) -> Column:
    """The name grammar of the part before the `@`: `anna.smith42` is `a4.a5d2`, runs of letters and digits with lengths."""
    runs = F.regexp_extract_all(_local(email), F.lit(r"(\p{L}+|\p{N}+|[^\p{L}\p{N}])"), F.lit(1))
    shaped = F.transform(
        runs,
        lambda run: (
            F.when(run.rlike(r"^\p{L}"), F.concat(F.lit("a"), F.length(run).cast("string")))
            .when(run.rlike(r"^\p{N}"), F.concat(F.lit("d"), F.length(run).cast("string")))
            .otherwise(run)
        ),
    )
    return F.when(_domain(email).isNotNull(), F.nullif(F.array_join(shaped, ""), F.lit("")))


def phone_digits(phone: Column) -> Column:
    """The digits of a number with its country code; null for fewer than seven."""
    digits = F.regexp_replace(F.regexp_replace(phone, r"[^0-9]", ""), "^00", "")
    return F.when(F.length(digits) >= PREFIX_DIGITS, digits)


def phone_prefix(phone: Column) -> Column:
    """The first seven digits, with the country code."""
    return F.substring(phone_digits(phone), 1, PREFIX_DIGITS)


def _local(email: Column) -> Column:
    return F.regexp_replace(F.lower(F.substring_index(email, "@", 1)), r"\+.*$", "")


def _domain(email: Column) -> Column:
    """What stands after the last `@`, in lower case; null where nothing does."""
    return F.when(email.contains("@"), F.nullif(F.lower(F.rtrim(F.substring_index(email, "@", -1))), F.lit("")))


@F.pandas_udf(StringType())  # type: ignore[call-overload]
def _registrable(values: pd.Series) -> pd.Series:
    return values.map(domains.registrable, na_action="ignore")


@F.pandas_udf(StringType())  # type: ignore[call-overload]
def _kind(values: pd.Series) -> pd.Series:
    listed = values.map(domains.listed, na_action="ignore")
    return listed.map(lambda found: found.kind, na_action="ignore")
