"""What prompts ask for by the rules, without Spark: which rule wins, what a malformed table says, and the confusion."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from hydrascope import capability
from hydrascope.capability import Capability, Cue, Table, confusion, load, parse, ruled
from hydrascope.errors import SettingsError
from hydrascope.prompts import ruled as ruled_where_unlabelled

SMALL = Table(
    version=1,
    least=2,
    otherwise="talk",
    capabilities=(
        Capability("red", "", (Cue(r"\bred\b", 2), Cue("crimson|карминовый", 1))),
        Capability("blue", "", (Cue(r"\bblue\b", 2), Cue("navy", 1))),
        Capability("talk", "", (Cue("^hi", 1),)),
    ),
)
GOOD = """
version = 1
least = 2
otherwise = "talk"
[[capability]]
id = "talk"
doc = "Talk."
cues = [{match = 'hi', weight = 1}]
"""


def said(*prompts: str | None, table: Table = SMALL) -> list[str | None]:
    """The capabilities of prompts."""
    return ruled(pa.array(prompts, pa.string()), table).to_pylist()


def test_the_greatest_total_wins_and_of_equals_the_earlier_in_the_table() -> None:
    assert said("blue and red", "blue, red and navy", "crimson red, blue navy", "navy blue") == [
        "red",
        "blue",
        "red",
        "blue",
    ]


def test_a_cue_counts_once_however_often_it_is_there() -> None:
    assert said("red red red red blue navy") == ["blue"]


def test_what_is_below_the_least_weight_is_talk_and_no_prompt_is_nothing() -> None:
    assert said("crimson", "hi", "?", "", " \n\t", None) == ["talk", "talk", "talk", None, None, None]


def test_case_does_not_count_in_any_script() -> None:
    assert said("RED", "КАРМИНОВЫЙ red", "赤 Blue 青") == ["red", "red", "blue"]


def test_of_a_long_prompt_the_head_and_the_tail_are_looked_at() -> None:
    pad = "ö" * 5_000
    assert said(f"blue {pad}", f"{pad} blue", f"{pad} blue {pad}") == ["blue", "blue", "talk"]
    assert said(" " * 5_000 + "blue" + " " * 5_000) == ["talk"]


def test_head_and_tail_make_no_word_together_and_a_prompt_of_their_length_is_whole() -> None:
    whole = "x" * (capability.HEAD_CHARS - 3) + " bl" + "ue " + "x" * (capability.TAIL_CHARS - 3)
    cut = "x" * (capability.HEAD_CHARS - 3) + " bl" + "x" * 500 + "ue " + "x" * (capability.TAIL_CHARS - 3)
    assert said(whole, cut) == ["blue", "talk"]


@pytest.mark.parametrize(
    ("labelled", "expected"),
    [
        ([True, False, False, True], [None, "blue", None, None]),
        ([True] * 4, [None] * 4),
        ([False] * 4, ["red", "blue", None, "blue"]),
        ([], []),
    ],
)
def test_only_prompts_without_a_label_are_ruled(labelled: list[bool], expected: list[str | None]) -> None:
    prompts = pd.Series(["red", "blue", None, "blue"][: len(labelled)], index=range(7, 7 + len(labelled)), dtype=object)
    assert ruled_where_unlabelled(prompts, pd.Series(labelled, dtype=bool), SMALL) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Score the essay from 1 to 6 by this rubric:\n- structure\n- evidence", "grading"),
        ("Which response is better, A or B? Judge both.", "grading"),
        ("Think aloud and show your reasoning before the final answer.", "reasoning_traces"),
        ("Rewrite the reply so that it complies with our content policy on sensitive topics.", "policy_rewriting"),
        ("Click the Save button in the screenshot.", "computer_use"),
        ("You are an autonomous agent. Break the goal down into subtasks.", "agentic_reasoning"),
        ('{"name": "get_weather", "arguments": {"city": "Oslo"}} is a tool_call', "tool_use"),
        ("Extract the following fields as JSON: name, date, amount.", "data_extraction"),
        ("Übersetze das bitte: good morning", "translation"),
        ("Summarise the article in three sentences.", "summarisation"),
        ("Classify the sentiment as positive, negative or neutral.", "classification"),
        ("```python\ndef f(x): return x\n```\nWhy does the unit test fail?", "software_engineering"),
        ("Solve the equation 3x + 4 = 19.", "math"),
        ("What is written on the sign in this photo?", "vision"),
        ("Draft a friendly e-mail to my landlord.", "writing"),
        ("Where do swallows go in winter?", "chat"),
        ("请把下面的文字翻译成英文", "translation"),
        ("Кратко изложи статью", "summarisation"),
    ],
)
def test_a_plain_request_of_each_capability_is_known(prompt: str, expected: str) -> None:
    assert said(prompt, table=load()) == [expected]


def test_every_capability_of_the_table_argues_for_itself() -> None:
    assert all(len(each.doc) > 40 and each.cues for each in load().capabilities)
    assert len({each.id for each in load().capabilities}) == len(load().capabilities)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("least = 2", "", "'least' is missing"),
        ("least = 2", "least = 0", "'least' is no whole number from 1"),
        ("least = 2", "least = 2\nmost = 3", "unknown word 'most'"),
        ('otherwise = "talk"', 'otherwise = "chat"', "'otherwise' is 'chat', which is no capability of the table"),
        ('id = "talk"', 'id = "Talk"', "capability Talk: an id is of lower-case letters and '_'"),
        ('doc = "Talk."', "", "capability talk: 'doc' is missing"),
        ("weight = 1", "weight = 1.5", "capability talk, cue 1: weight is 1.5, allowed are whole numbers from 1"),
        (
            "weight = 1",
            "weight = 1, case = true",
            "capability talk, cue 1: a cue has 'match' and 'weight', nothing else",
        ),
        ("match = 'hi'", "match = 'hi('", "capability talk, cue 1: 'hi(' is no expression of RE2"),
        ("match = 'hi'", "match = 7", "capability talk, cue 1: 7 is no expression of RE2"),
        ("match = 'hi'", "match = '(hi)?'", "capability talk, cue 1: '(hi)?' is in every prompt"),
        ("[{match = 'hi', weight = 1}]", "3", "capability talk: 'cues' is no list"),
        ("[[capability]]", "[capability]", "'capability' is no list of tables; write each below [[capability]]"),
        (GOOD, "version = ", "capabilities.toml is not TOML"),
    ],
)
def test_a_malformed_table_says_what_is_wrong(old: str, new: str, problem: str) -> None:
    assert parse(GOOD).capabilities[0].id == "talk"
    with pytest.raises(SettingsError) as raised:
        parse(GOOD.replace(old, new))
    assert problem in str(raised.value)


def test_every_problem_of_a_table_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        parse(GOOD.replace("least = 2", "").replace("weight = 1", "weight = 0") + GOOD[GOOD.index("[[") :])
    assert "'least' is missing; capability talk stands twice; " in str(raised.value)
    assert "weight is 0" in str(raised.value)


def test_confusion_counts_for_each_label_what_is_right_of_what_is_said_and_of_what_is_held() -> None:
    rows = [("math", "math", 6), ("math", "chat", 2), ("chat", "chat", 3), ("chat", None, 1), ("chat", "vision", 4)]
    told = confusion(rows)
    assert told == confusion(rows[::-1])
    assert (told["prompts"], told["agreed"]) == (16, 0.5625)
    assert [tuple(row.values()) for row in told["labels"]] == [
        ("chat", 8, 0.6, 0.375, {"vision": 4, "chat": 3, "": 1}),
        ("math", 8, 1.0, 0.75, {"math": 6, "chat": 2}),
        ("vision", 0, 0.0, None, {}),
    ]
    assert confusion([]) == {"prompts": 0, "agreed": None, "labels": []}


def test_a_folder_is_measured_by_its_labelled_prompts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "exchanges").mkdir()
    records = [
        {"capability": "math", "prompt": "Solve 2x + 1 = 5 for x.", "request_id": 7},
        {"capability": "chat", "prompt": "Translate into Latin: hello"},
        {"prompt": "hello there"},
        {"capability": "chat"},
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (tmp_path / "exchanges" / "part-00000.json.gz").write_bytes(gzip.compress(lines.encode()))
    assert capability.main(["--confusion", str(tmp_path), "--world", "by hand", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["world"], told["prompts"], told["unlabelled"], told["agreed"]) == ("by hand", 2, 1, 0.5)
    assert capability.main(["--confusion", str(tmp_path)]) == 0
    assert "math" in capsys.readouterr().out


def test_a_folder_without_exchanges_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert capability.main(["--confusion", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"no NDJSON below '{tmp_path / 'exchanges'}'; ")
    (tmp_path / "exchanges").mkdir()
    (tmp_path / "exchanges" / "a.json").write_text("{")
    assert capability.main(["--confusion", str(tmp_path)]) == 2
    assert "cannot be read as NDJSON" in capsys.readouterr().err
