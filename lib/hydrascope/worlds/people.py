"""Who an account says it is: e-mail, phone, names of companies, means of payment, ids."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.worlds.draw import Draw, constant, hex_digits, strings
from hydrascope.worlds.networks import COUNTRIES
from hydrascope.worlds.words import listed

FIRST = listed(
    "james maria wei anna david fatima lucas emma noah sofia omar julia felix priya daniel chloe ivan nina peter aisha marco "
    "lena tom ines kenji sara paul olga rahul claire viktor amy jan mei hugo laura ali eva ben yuki leo marta sam rita "
    "carlos helen adam irina joe nora max tina erik lucia raj diana simon kate hans vera arjun elena mark zoe ryan paula "
    "kevin alice george linda oscar judy frank grace bruno ella ian mia victor rose henry lily oliver ruth jack iris"
)
LAST = listed(
    "smith garcia muller silva tanaka kim novak rossi dubois patel jones santos weber suzuki park kowalski bianchi moreau "
    "singh brown pereira wagner sato choi nowak ferrari laurent sharma taylor costa becker ito jung mazur romano simon gupta "
    "wilson almeida hoffmann kato kang krol greco michel mehta evans rocha schulz mori yoon wozniak conti leroy rao walker "
    "lima koch ogawa lim zajac marino roux nair hall dias bauer abe shin pawlak bruno david iyer green melo richter endo "
    "han dudek gallo bertrand das baker nunes klein ono seo adamski leone morel joshi adams vieira wolf ueda moon sikora"
)
NICKS = listed(
    "pixel lazy turbo night happy cosmo ninja silent lucky retro crypto mango urban delta frosty gamma hidden jolly karma lunar"
)
BEASTS = listed(
    "panda otter wolf raven tiger gecko koala lynx moose falcon bison heron badger cobra dingo eagle ferret goat"
)
STEMS = listed(
    "bright harbor north ember clear stone river silver cedar blue iron maple quick summit true vertex wild amber coral delta "
    "east field glen high indigo juniper keen lark mesa nova oak prime quartz ridge solar tide union vale west zephyr"
)
TRADES = listed(
    "works labs soft logic health foods energy media freight retail systems legal capital studio robotics analytics clinic "
    "parts travel metals games textiles dental homes farms audio print marine optics payroll insure motors"
)
ENDINGS = listed("com com.au io co net dev tech eu")
COMPANIES = len(STEMS) * len(STEMS) * len(TRADES) * len(ENDINGS)
STEP = 7919
"""A prime that divides no list length here: stepping by it visits every entry before one comes again."""

RENTED_AREAS = listed("646 213 312 415 512 617 702 786 832 917 425 503 602 704 813 919 347 424 469 628")
"""Area codes in which short-lived numbers are rented out."""
FREEMAIL = {
    "gmail.com": 52,
    "outlook.com": 12,
    "yahoo.com": 9,
    "hotmail.com": 7,
    "icloud.com": 8,
    "proton.me": 4,
    "gmx.de": 3,
    "qq.com": 2,
    "163.com": 1,
    "mail.ru": 1,
    "web.de": 1,
}
NO_PAYMENT = "none"
INVOICE = "invoice"
US_AREAS = (201, 989)
"""First and last area code."""


def identifier(prefix: str, bits: Column, digits: int = 16) -> Column:
    """An opaque id such as org_5f0c..., the same scheme for everybody."""
    return F.concat(F.lit(prefix), hex_digits(bits, digits))


def company(draw: Draw, serial: Column) -> Column:
    """The domain of the organisation with that serial number; different for the first 400,000 serials."""
    rest = F.pmod(serial * F.lit(STEP) + draw.below("company shift", COMPANIES), F.lit(COMPANIES))
    names = []
    for values in (ENDINGS, TRADES, STEMS, STEMS):
        names.append(strings(values)[(rest % F.lit(len(values))).cast("int")])
        rest = F.floor(rest / F.lit(len(values)))
    ending, trade, second, first = names
    return F.concat(first, second, trade, F.lit("."), ending)


def work_email(draw: Draw, domain: Column, organisation: Column, seat: Column) -> Column:
    """first.last@domain, different for each seat of one organisation."""
    names = len(FIRST) * len(LAST)
    person = F.pmod(seat * F.lit(STEP) + draw.below("staff", names, organisation), F.lit(names)).cast("int")
    first = strings(FIRST)[(person % F.lit(len(FIRST))).cast("int")]
    last = strings(LAST)[F.floor(person / F.lit(len(FIRST))).cast("int")]
    short = draw.chance("initials", 0.35, organisation)
    local = F.when(short, F.concat(F.substring(first, 1, 1), last, seat.cast("string"))).otherwise(
        F.concat_ws(".", first, last)
    )
    return F.concat(local, F.lit("@"), domain)


def private_email(draw: Draw, key: Column) -> Column:
    """A free-mail address in one of the usual shapes."""
    first, last = draw.word("first name", FIRST, key), draw.word("last name", LAST, key)
    nick = F.concat(draw.word("nick", NICKS, key), draw.word("beast", BEASTS, key))
    digits = draw.below("mail digits", 10_000, key).cast("string")
    year = draw.between("birth year", 1955, 2009, key).cast("string")
    middle = F.substring(draw.word("middle name", FIRST, key), 1, 1)
    shapes = F.array(
        F.concat(first, F.lit("."), last, digits),
        F.concat(first, last, digits),
        F.concat(first, F.lit("."), middle, F.lit("."), last, F.substring(digits, 1, 3)),
        F.concat(last, F.lit("_"), first, year),
        F.concat(nick, digits),
        F.concat(F.substring(first, 1, 1), middle, last, year),
    )
    return F.concat(draw.item("mail shape", shapes, key), F.lit("@"), draw.card("freemail", FREEMAIL, key))


def phone(draw: Draw, country: Column, key: Column) -> Column:
    """An international number inside ranges that look like fiction; null for most accounts."""
    area = draw.between("area code", *US_AREAS, key).cast("string")
    subscriber = F.lpad(draw.below("subscriber", 10_000, key).cast("string"), 4, "0")
    american = F.concat(F.lit("+1"), area, F.lit("555"), subscriber)
    dial = constant([each.dial for each in COUNTRIES], "array<string>")[country]
    other = F.concat(
        F.lit("+"), dial, F.lit("700"), F.lpad(draw.below("abroad", 1_000_000, key).cast("string"), 6, "0")
    )
    return F.when(draw.chance("gives phone", 0.42, key), F.when(dial == "1", american).otherwise(other))


def payment_kind(draw: Draw, key: Column) -> Column:
    """How an individual pays; NO_PAYMENT where nothing is on file."""
    return draw.card("payment kind", {"card": 44, "wallet": 7, "prepaid": 4, NO_PAYMENT: 45}, key)


def fingerprint(draw: Draw, kind: Column, instrument: Column) -> Column:
    """The fingerprint of a payment instrument; null where there is none or the kind of payment has none."""
    return F.when(~kind.isin(NO_PAYMENT, INVOICE), identifier("pay_", draw.bits("instrument", instrument)))


def device(draw: Draw, hardware: Column, key: Column) -> Column:
    """A device id, or one of the placeholders that clients send instead."""
    placeholder = draw.card(
        "no device", {None: 40, "": 6, "unknown": 5, "00000000-0000-0000-0000-000000000000": 2, "known": 47}, key
    )
    return F.when(placeholder == "known", identifier("dev_", draw.bits("device", hardware))).otherwise(placeholder)
