"""Who sits where: countries with their networks, and the networks with their number and address space."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """Address space of one operator. IPv4 spans first.low.x.x to first.high.x.x; IPv6 starts with `v6`."""

    asn: int
    country: str
    use: str
    first: int
    low: int
    high: int
    v6: str = ""


@dataclass(frozen=True)
class Country:
    """A country of customers; `weight` in parts of 100, `zones` are hours east of UTC in May, `dial` is the phone prefix."""

    code: str
    weight: int
    zones: tuple[int, ...]
    dial: str


COUNTRIES = (
    Country("US", 34, (-7, -7, -6, -5, -4, -4), "1"),
    Country("GB", 9, (1,), "44"),
    Country("DE", 9, (2,), "49"),
    Country("FR", 6, (2,), "33"),
    Country("IN", 10, (5, 6), "91"),
    Country("BR", 6, (-3,), "55"),
    Country("JP", 5, (9,), "81"),
    Country("CA", 5, (-7, -4, -4), "1"),
    Country("AU", 4, (10, 8), "61"),
    Country("NL", 3, (2,), "31"),
    Country("ES", 3, (2,), "34"),
    Country("PL", 2, (2,), "48"),
    Country("SG", 2, (8,), "65"),
    Country("KR", 2, (9,), "82"),
)

NETWORKS = (
    Network(7922, "US", "home", 73, 0, 255),
    Network(7922, "US", "home6", 0, 0, 0, "2601:646"),
    Network(7018, "US", "home", 99, 0, 191),
    Network(7018, "US", "home6", 0, 0, 0, "2600:1700"),
    Network(701, "US", "home", 71, 96, 255),
    Network(20115, "US", "home", 47, 4, 51),
    Network(21928, "US", "mobile", 172, 56, 59),
    Network(22394, "US", "mobile", 174, 192, 255),
    Network(2856, "GB", "home", 86, 128, 191),
    Network(2856, "GB", "home6", 0, 0, 0, "2a00:23c5"),
    Network(5607, "GB", "home", 90, 192, 223),
    Network(12576, "GB", "mobile", 92, 40, 41),
    Network(3320, "DE", "home", 91, 0, 63),
    Network(3320, "DE", "home6", 0, 0, 0, "2003:e1"),
    Network(6805, "DE", "home", 77, 176, 191),
    Network(6805, "DE", "mobile", 176, 0, 7),
    Network(3215, "FR", "home", 90, 0, 127),
    Network(12322, "FR", "home6", 0, 0, 0, "2a01:e0a"),
    Network(12322, "FR", "home", 82, 64, 67),
    Network(3215, "FR", "mobile", 92, 184, 185),
    Network(24560, "IN", "home", 122, 160, 175),
    Network(55836, "IN", "home6", 0, 0, 0, "2405:201"),
    Network(55836, "IN", "mobile", 49, 32, 47),
    Network(28573, "BR", "home", 177, 32, 63),
    Network(28573, "BR", "home6", 0, 0, 0, "2804:14d"),
    Network(26599, "BR", "mobile", 187, 26, 29),
    Network(17676, "JP", "home", 126, 0, 255),
    Network(4713, "JP", "home", 153, 128, 255),
    Network(9605, "JP", "mobile", 49, 96, 99),
    Network(812, "CA", "home", 99, 224, 251),
    Network(577, "CA", "home", 70, 24, 31),
    Network(812, "CA", "mobile", 74, 198, 198),
    Network(1221, "AU", "home", 120, 144, 159),
    Network(1221, "AU", "mobile", 1, 120, 159),
    Network(1136, "NL", "home", 84, 80, 87),
    Network(33915, "NL", "home6", 0, 0, 0, "2001:1c00"),
    Network(1136, "NL", "mobile", 188, 88, 91),
    Network(3352, "ES", "home", 83, 32, 63),
    Network(12479, "ES", "mobile", 95, 121, 127),
    Network(5617, "PL", "home", 83, 0, 31),
    Network(8374, "PL", "mobile", 37, 108, 109),
    Network(9506, "SG", "home", 116, 86, 89),
    Network(9506, "SG", "mobile", 119, 56, 56),
    Network(4766, "KR", "home", 121, 128, 191),
    Network(17858, "KR", "mobile", 211, 234, 247),
    Network(16509, "US", "cloud", 52, 0, 63),
    Network(16509, "IE", "cloud", 34, 240, 255),
    Network(16509, "SG", "cloud", 13, 212, 215),
    Network(8075, "US", "cloud", 20, 36, 127),
    Network(8075, "NL", "cloud", 20, 160, 160),
    Network(396982, "US", "cloud", 35, 184, 239),
    Network(14061, "US", "cloud", 167, 71, 71),
    Network(24940, "DE", "cloud", 49, 12, 13),
    Network(9009, "GB", "vpn", 146, 70, 70),
    Network(212238, "US", "vpn", 156, 146, 146),
    Network(60068, "NL", "vpn", 185, 107, 107),
    Network(14061, "SG", "hosting", 128, 199, 199),
    Network(63949, "US", "hosting", 172, 104, 105),
    Network(20473, "US", "hosting", 45, 76, 77),
    Network(16276, "FR", "hosting", 51, 77, 91),
    Network(36352, "US", "hosting", 107, 172, 175),
    Network(600, "US", "campus", 128, 146, 146),
)
"""Real operators' numbers for realistic shares; addresses inside a span are drawn, they are nobody's in particular."""


def of(use: str, country: str | None = None) -> list[int]:
    """Numbers in NETWORKS of the networks with that use, of one country or of all."""
    return [n for n, net in enumerate(NETWORKS) if net.use == use and country in (None, net.country)]
