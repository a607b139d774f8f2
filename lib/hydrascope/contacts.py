"""E-mail addresses and phone numbers, reduced to what can link accounts without naming a person."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

FREE_MAIL = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com",
    "icloud.com",
    "me.com", "mac.com", "aol.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "mail.com", "mail.ru", "yandex.ru",
    "yandex.com",
    "qq.com", "163.com", "126.com", "sina.com", "foxmail.com", "naver.com", "daum.net", "proton.me", "protonmail.com",
    "tutanota.com",
    "fastmail.com", "zoho.com", "rediffmail.com", "libero.it", "orange.fr", "free.fr", "laposte.net", "wp.pl",
    "seznam.cz", "uol.com.br",
)  # fmt: skip
"""Domains that give a mailbox to anyone; sharing one says nothing."""

DISPOSABLE = (
    "mailinator.com", "guerrillamail.com", "guerrillamail.info", "sharklasers.com", "10minutemail.com",
    "tempmail.com", "temp-mail.org",
    "yopmail.com", "trashmail.com", "getnada.com", "maildrop.cc", "dispostable.com", "throwawaymail.com",
    "mintemail.com", "mohmal.com",
    "fakeinbox.com", "emailondeck.com", "moakt.com", "discard.email", "mailnesia.com",
)  # fmt: skip
"""Domains of throw-away mailboxes."""

PREFIX_DIGITS = 7


def email_domain(email: Column) -> Column:
    """The lower-case domain; null for text without one."""
    return F.when(email.contains("@"), F.nullif(F.lower(F.rtrim(F.substring_index(email, "@", -1))), F.lit("")))


def mailbox(email: Column) -> Column:
    """The address in the one spelling that all spellings of a mailbox share: lower case, no `+tag`, no dots at Google."""
    local = _local(email)
    domain = F.regexp_replace(email_domain(email), r"^googlemail\.com$", "gmail.com")
    dotless = F.when(domain == "gmail.com", F.regexp_replace(local, r"\.", "")).otherwise(local)
    return F.coalesce(F.concat(dotless, F.lit("@"), domain), F.lower(email))


def email_kind(email: Column) -> Column:
    """`free`, `disposable` or `other`, by domain; null without a domain."""
    domain = email_domain(email)
    return (
        F.when(domain.isin(*FREE_MAIL), F.lit("free"))
        .when(domain.isin(*DISPOSABLE), F.lit("disposable"))
        .when(domain.isNotNull(), F.lit("other"))
    )


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
    return F.when(email_domain(email).isNotNull(), F.nullif(F.array_join(shaped, ""), F.lit("")))


def phone_digits(phone: Column) -> Column:
    """The digits of a number with its country code; null for fewer than seven."""
    digits = F.regexp_replace(F.regexp_replace(phone, r"[^0-9]", ""), "^00", "")
    return F.when(F.length(digits) >= PREFIX_DIGITS, digits)


def phone_prefix(phone: Column) -> Column:
    """The first seven digits, with the country code."""
    return F.substring(phone_digits(phone), 1, PREFIX_DIGITS)


def _local(email: Column) -> Column:
    return F.regexp_replace(F.lower(F.substring_index(email, "@", 1)), r"\+.*$", "")
