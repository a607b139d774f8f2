"""Client programs: the TLS fingerprint the edge sees and the user agents the client writes."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import Column

from hydrascope.worlds.draw import Draw, constant


@dataclass(frozen=True)
class Client:
    """One program. `share` is its weight among individuals; `automated` that among pipelines."""

    name: str
    ja4: str
    agents: tuple[str, ...]
    share: int
    automated: int


_CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
_SAFARI = "Mozilla/5.0 ({}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 {}"

CLIENTS = (
    Client(
        "python sdk",
        "t13d1812h1_85036bcba153_b26ce05bbdd6",
        (
            "Meridian/Python 1.14.2 (CPython 3.11.9; Linux)",
            "Meridian/Python 1.16.0 (CPython 3.12.3; Linux)",
            "Meridian/Python 1.12.1 (CPython 3.10.14; Darwin)",
        ),
        26,
        40,
    ),
    Client(
        "node sdk",
        "t13d5911h1_a33745022dd6_1f22a2ca17c4",
        ("Meridian/JS 1.9.3 (node v20.12.2)", "Meridian/JS 1.10.0 (node v22.1.0)", "Meridian/JS 1.8.0 (node v18.20.2)"),
        15,
        14,
    ),
    Client(
        "python aiohttp",
        "t13d1712h1_5b57614c22b0_3c5e7d80a1f4",
        ("Python/3.11 aiohttp/3.9.5", "Python/3.12 aiohttp/3.10.1", "Python/3.10 aiohttp/3.8.6"),
        5,
        14,
    ),
    Client(
        "python requests",
        "t13d1713h1_e0c6d9a1b7f2_ab0a1bf427ad",
        ("python-requests/2.31.0", "python-requests/2.32.2"),
        5,
        9,
    ),
    Client("go", "t13d1312h2_f57a46bbacb6_e7c285222651", ("Go-http-client/2.0", "Go-http-client/1.1"), 3, 9),
    Client(
        "java",
        "t13d2514h2_8b80da21ef18_b2c6ef5a9d30",
        ("okhttp/4.12.0", "Meridian/Java 0.7.1 (21.0.3)"),
        2,
        7,
    ),
    Client("curl", "t13d3112h2_e8f1e7e78f70_375ca2c5e164", ("curl/8.5.0", "curl/8.7.1"), 2, 3),
    Client(
        "chrome windows",
        "t13d1516h2_8daaf6152771_02713d6af862",
        (_CHROME.format("Windows NT 10.0; Win64; x64", 124), _CHROME.format("Windows NT 10.0; Win64; x64", 125)),
        17,
        0,
    ),
    Client(
        "chrome mac",
        "t13d1517h2_8daaf6152771_b0da82dd1658",
        (
            _CHROME.format("Macintosh; Intel Mac OS X 10_15_7", 124),
            _CHROME.format("Macintosh; Intel Mac OS X 10_15_7", 125),
        ),
        9,
        0,
    ),
    Client(
        "safari",
        "t13d2014h2_a09f3c656075_14788d8d241b",
        (
            _SAFARI.format("Macintosh; Intel Mac OS X 10_15_7", "Safari/605.1.15"),
            _SAFARI.format("iPhone; CPU iPhone OS 17_4 like Mac OS X", "Mobile/15E148 Safari/604.1"),
        ),
        7,
        0,
    ),
    Client(
        "firefox",
        "t13d1715h2_5b57614c22b0_7121afd63204",
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0",
        ),
        5,
        0,
    ),
    Client(
        "android app",
        "t13d1414h2_3f8b6a0c1d27_9fd6c2e7a418",
        ("MeridianApp/5.2 (Android 14)", "MeridianApp/5.3 (Android 13)"),
        8,
        0,
    ),
    Client(
        "ios app",
        "t13d1210h2_76e208dd3e22_c1b7a5f0e946",
        ("MeridianApp/5.2 (iOS 17.4)", "MeridianApp/5.3 (iOS 17.5)"),
        6,
        0,
    ),
    Client(
        "agent harness",
        "t13d4312h1_c7886603b240_b47bd3f1a2c5",
        ("patchwright/0.18.2 litegate/1.35", "patchwright/0.19.0 litegate/1.37"),
        0,
        0,
    ),
)


def number(name: str) -> int:
    """The number in CLIENTS of the client with that name."""
    return [client.name for client in CLIENTS].index(name)


def drawn(draw: Draw, key: Column, *, automated: bool) -> Column:
    """A client number in the shares of individuals or of pipelines."""
    shares = {n: client.automated if automated else client.share for n, client in enumerate(CLIENTS)}
    return draw.card("client", shares, key).cast("int")


def ja4(client: Column) -> Column:
    """The client's TLS fingerprint."""
    return constant([each.ja4 for each in CLIENTS], "array<string>")[client]


def user_agent(draw: Draw, client: Column, key: Column) -> Column:
    """One of the client's user agents; equal keys give equal versions."""
    agents = constant([list(each.agents) for each in CLIENTS], "array<array<string>>")[client]
    return draw.item("agent version", agents, key)
