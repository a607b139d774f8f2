"""Curves and calibration: monotone, limited, and as certain as the worlds allow."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hydrascope import ablation, calibrating, likelihoods
from hydrascope.errors import SettingsError
from hydrascope.measures import BY_NAME, MEASURES
from hydrascope.stages import profiles


def test_a_curve_rises_where_campaigns_lie_higher_and_stays_within_its_limits():
    draw = np.random.default_rng(1)
    knots = calibrating.curve(list(draw.normal(2, 1, 200)), list(draw.normal(0, 1, 300)), rising=True)
    places, heights = zip(*knots, strict=True)
    assert list(places) == sorted(places)
    assert list(heights) == sorted(heights)
    assert heights[0] < -1
    assert heights[-1] > 1
    assert max(map(abs, heights)) <= calibrating.LIMIT_BITS


def test_a_curve_of_what_campaigns_lack_falls():
    draw = np.random.default_rng(2)
    knots = calibrating.curve(list(draw.normal(0, 1, 200)), list(draw.normal(2, 1, 300)), rising=False)
    heights = [height for _, height in knots]
    assert heights == sorted(heights, reverse=True)


def test_what_tells_nothing_is_flat_and_what_contradicts_the_argument_is_pooled_away():
    draw = np.random.default_rng(3)
    same = calibrating.curve(list(draw.normal(0, 1, 300)), list(draw.normal(0, 1, 300)), rising=True)
    assert max(abs(height) for _, height in same) < 1
    against = calibrating.curve(list(draw.normal(0, 1, 300)), list(draw.normal(3, 1, 300)), rising=True)
    assert len(against) == 1


def test_a_view_gives_its_strongest_measure_for_and_its_strongest_against():
    curves = {name: [(0.0, -2.0), (1.0, 3.0)] for name in ("equal_load", "presence", "template_concentration")}
    row = {"measures": {"equal_load": 1.0, "presence": 0.0, "template_concentration": 1.0}}
    assert calibrating.total(row, curves) == pytest.approx(3 - 2 + 3)


def test_a_fit_gives_back_the_odds_that_made_it():
    draw = np.random.default_rng(4)
    x = draw.normal(0, 3, (20_000, 1))
    true = (draw.random(20_000) < 1 / (1 + 2.0 ** -(x[:, 0] - 1))).astype(float)
    offset, slope = calibrating.logistic(x, true, np.ones(20_000), [0.0])
    assert offset == pytest.approx(-1, abs=0.1)
    assert slope == pytest.approx(1, abs=0.05)


def test_a_clean_separation_does_not_give_certainty():
    x, true = np.array([[-1.0]] * 10 + [[1.0]] * 10), np.array([0.0] * 10 + [1.0] * 10)
    offset, slope = calibrating.logistic(x, true, np.ones(20), [0.0])
    assert 1 / (1 + 2.0 ** -(offset + slope)) < 0.95


def test_a_sweep_teaches_with_its_seeds_apart(tmp_path):
    draw = np.random.default_rng(5)
    for seed in (1, 2):
        rows = [
            {"campaign": is_campaign, "measures": {"presence": draw.normal(2.0 * is_campaign, 1)}}
            for is_campaign in [True, False] * 60
        ]
        parts = [
            {"share": s, "support": 20.0, "own": s < 0.1, "campaign": s > 0.1, "accounts": 5} for s in (0.0, 0.05, 0.8)
        ]
        told = {"seed": seed, "evaluation": {"candidates": rows, "member_parts": parts}}
        (tmp_path / f"w{seed}.json").write_text(json.dumps(told))
    (tmp_path / "evaluation.json").write_text(json.dumps({"worlds": 2}))
    learned = calibrating.of_sweep(str(tmp_path), [2])
    assert set(learned["curves"]) == {"presence"}
    assert learned["learned_from"] == {"seeds": [1], "held_out": [2], "candidates": 240, "campaigns": 120}
    assert learned["member"]["share"] >= 0
    assert learned["member"]["own"] <= 0
    with pytest.raises(SystemExit, match="give --hold-out"):
        calibrating.of_sweep(str(tmp_path), [7])


def test_what_is_published_is_monotone_and_of_measures_that_decide():
    told = likelihoods.published()
    assert told["calibration"]["slope"] > 0
    for name, knots in told["curves"].items():
        heights = [height for _, height in knots]
        assert BY_NAME[name].decides
        assert heights == sorted(heights, reverse=not BY_NAME[name].rising), name


def test_the_quantiles_of_student_are_those_of_scipy():
    from scipy.stats import t

    assert [round(float(t.ppf(0.975, degrees)), 3) for degrees in range(1, 31)] == list(profiles.T_QUANTILES)


def test_every_measure_has_a_sentence_that_takes_its_figures():
    for measure in MEASURES:
        assert measure.sentence.endswith(".")
        assert "%1$" in measure.sentence or "%3$" in measure.sentence, measure.name


def test_the_views_to_leave_out_are_checked():
    assert ablation.chosen("") == []
    assert ("links", "address") in ablation.chosen("all")
    assert ablation.chosen("decide.content") == [("decide", "content")]
    with pytest.raises(SettingsError, match=r"--without names decide.moon; it takes all, or of links.address"):
        ablation.chosen("decide.moon")
