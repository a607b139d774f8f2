"""Settings: defaults, a file, overrides, and every problem at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hydrascope.errors import SettingsError
from hydrascope.settings import Settings, load


def test_overrides_win_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[links]\nmin_bits = 20.0\nmin_views = 3\n")
    chosen = load(str(file), ["links.min_bits=18"])
    assert (chosen.links.min_bits, chosen.links.min_views, chosen.hubs) == (18, 3, Settings().hubs)


def test_three_mistakes_are_told_in_one_message_with_what_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[links]\nmin_bitz = 20\nmin_views = "two"\n[hubs]\nmin_lift = 0.5\n')
    with pytest.raises(SettingsError) as refused:
        load(str(file))
    told = str(refused.value)
    assert "links.min_bitz" in told
    assert "did you mean 'links.min_bits'" in told
    assert "links.min_views is 'two'" in told
    assert "whole number from 2 to 6" in told
    assert "hubs.min_lift is 0.5" in told
    assert "1.0 to 1000.0" in told
    assert "\n" not in told


@pytest.mark.parametrize(
    "override",
    ["links", "links.min_bits=", "links.min_bits=true", "links.min_bits=select 1", "x=1", "links.min_views=2.5"],
)
def test_an_override_that_is_no_setting_is_refused(override: str) -> None:
    with pytest.raises(SettingsError):
        load(None, [override])


def test_the_digest_ignores_where_it_runs_and_sees_what_changes_results() -> None:
    assert load(None, ["spark.master=local[1]"]).digest() == Settings().digest()
    assert load(None, ["links.min_bits=15"]).digest() != Settings().digest()


def test_what_a_kind_is_worth_can_be_set_by_its_name_and_a_wrong_name_or_share_is_refused() -> None:
    chosen = load(None, ["worth.ja4=0.1", "worth.ip=1"])
    assert chosen.worth == {"ip": 1, "ja4": 0.1}
    assert chosen.digest() != Settings().digest()
    with pytest.raises(SettingsError) as refused:
        load(None, ["worth.ja3=0.1", "worth.ip=2"])
    assert "unknown kind in worth.ja3; did you mean 'ja4'?" in str(refused.value)
    assert "worth.ip is 2; it takes a number from 0 to 1" in str(refused.value)


def test_a_field_map_names_formats_words_and_places(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('[fields.envoy]\naccount_id = "x-tenant"\n[ingest]\nedge_formats = ["cloudtrail"]\n')
    made = load(str(file), ["fields.cloudflare.account_id=/RequestHeaders/x-id"])
    assert made.fields == {"cloudflare": {"account_id": "/RequestHeaders/x-id"}, "envoy": {"account_id": "x-tenant"}}
    assert made.ingest.edge_formats == ("cloudtrail",)


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("fields.envoi.account_id=x", "did you mean 'envoy'?"),
        ("fields.envoy.acount_id=x", "account_id"),
        ("fields.envoy.account_id=3", "takes a field's name"),
        ("fields.envoy.account_id=a']['b", "takes a field's name"),
        ('ingest.edge_formats=["kong"]', "cloudtrail"),
        ("ingest.edge_formats=cloudtrail", 'a list of text, such as ["cloudtrail"]'),
        ("ingest.trusted_hops=-1", "0 to 16"),
    ],
)
def test_a_wrong_field_map_or_list_says_what_it_takes(override: str, told: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(told)):
        load(None, [override])


HOSTILE = (
    "fields.envoy.account_id=(select count(*) from text.`/etc/passwd`)",
    "fields.envoy.account_id=reflect('java.lang.System', 'getenv')",
    "fields.envoy.account_id=a`; drop table exchanges",
    "fields.envoy.${env:HOME}=a",
    "fields.../../etc.account_id=a",
    """links.without=["java_method('java.lang.Runtime', 'exit')"]""",
    'ingest.edge_formats=["../../etc/passwd"]',
    "ingest.bucket_owner=$(id)",
    "ingest.max_line_bytes=1e99",
    "ingest.max_line_bytes=true",
    "ingest.mail_domains=/dev/zero",
    "decide.min_share=nan",
    "decide.min_share=inf",
    "egress.ranges=http://169.254.169.254/latest/meta-data",
    "egress.mmdb=jar:file:/x.jar!/y",
    "__class__.__init__=1",
    "ingest.__doc__=x",
    "spark.driver_memory=4g -XX:OnError=touch",
    "spark.master=local[2] --conf x=y",
    "spark.extensions=evil.Extension",
    "spark.shuffle_partitions=2; rm -rf /",
    "worth.\x1b[2J=0.1",
)


@pytest.mark.parametrize("override", HOSTILE)
def test_a_hostile_setting_is_refused_by_name_(override: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(None, [override])
    assert re.escape(override.partition("=")[0].split(".")[0]) in re.escape(str(refused.value))


def test_the_same_settings_in_their_plain_form_are_taken(tmp_path: Path) -> None:
    table = tmp_path / "ranges.csv"
    table.write_text("network,class,source,date\n")
    plain = [
        "fields.envoy.account_id=x-account-id",
        "fields.kong.account_id=/request/headers/x account.id",
        "ingest.bucket_owner=111122223333",
        f"egress.ranges={table}",
        "spark.driver_memory=12g",
    ]
    for master in ("local", "local[2]", "local[*]", "local[4,2]", "spark://host-1:7077,host-2:7077", "yarn"):
        assert load(None, [*plain, f"spark.master={master}"]).spark.master == master
