"""The case file as a page: what it says, and that nothing from a log can act in it."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hydrascope.report import figures, page, words

GOLDEN = Path(__file__).parent / "case.html"
NO_FIGURES = ({"timeline": "", "graph": ""}, {"timeline": "A timeline.", "graph": "A graph."})
PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</text></svg><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><iframe src=//x.example></iframe>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "]]><script>alert(1)</script><![CDATA[",
    "<!--<b>--><a href='https://x.example/'>x</a>",
    "&lt;script&gt;&#60;script&#62;",
    "abc\u202egnp.exe\x1b[31m\x00\x9b\u2066\ud800",
]
FIXED = {
    *("level", "likelihood", "confidence", "source_grade", "campaign_id", "role", "view"),
    *("grade", "source_kind", "operator_confidence", "sponsor_confidence"),
}
TIMES = re.compile(r"^\d{4}-\d\d-\d\d")


class Skeleton(HTMLParser):
    """The tags of a page with the names of their attributes, and its text by block."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.values, self.blocks, self.skip = [], [], [""], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))
        self.values += [(tag, name, value or "") for name, value in attrs]
        self.skip += tag == "style"
        if tag in {"p", "td", "th", "li", "dd", "dt", "h1", "h2", "h3", "div", "figcaption", "caption", "span"}:
            self.blocks.append("")

    def handle_endtag(self, tag):
        self.skip -= tag == "style"

    def handle_data(self, data):
        if not self.skip:
            self.blocks[-1] += data


def poisoned(value, payload, key=""):
    """The facts with every free text replaced by the payload."""
    if isinstance(value, dict):
        return {name: poisoned(item, payload, name) for name, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, payload, key) for item in value]
    return payload if isinstance(value, str) and key not in FIXED and not TIMES.match(value) else value


def rendered(facts):
    return page.case_page(facts, *NO_FIGURES)


def test_the_page_is_the_one_that_was_read_in_review(facts):
    text = rendered(facts)
    if os.environ.get("HYDRASCOPE_REFRESH_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8"), (
        "set HYDRASCOPE_REFRESH_GOLDEN=1, run again and read the difference"
    )


def gates(text):
    """What is told of checks, with a text where one may stand."""
    check = dict.fromkeys(("table", "suite", "expectation", "severity", "observed", "allowed", "outcome"), text)
    check |= {"stage_run": text, "checked_time": "2026-05-01T12:00:00Z"}
    run = {"run_id": text, "started_time": "2026-05-01T12:00:00Z", "tables": 1, "seconds": 2.0, "gate_seconds": 0.5}
    counts = {"passed": 3, "not_passed": 1, "rows": 4, "exit": 0}
    table = {**run, **counts, "table": text, "checks": [check]}
    return {"tables": [table], "runs": [{**run, **counts}], "runs_total": 1, "breached": [check], "breached_total": 1}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_acts_in_no_page_of_gates(payload):
    clean, hostile = Skeleton(page.gates_page(gates("plain"))), Skeleton(page.gates_page(gates(payload)))
    assert hostile.tags == clean.tags
    assert not [value for _, name, value in hostile.values if name == "href" and not value.startswith(("#t-", "index"))]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_adds_no_tag_and_no_attribute(facts, payload):
    clean, hostile = Skeleton(rendered(facts)), Skeleton(rendered(poisoned(facts, payload)))
    assert hostile.tags == clean.tags
    assert [entry for entry in hostile.values if entry[1] in {"href", "id", "content"}] == [
        entry for entry in clean.values if entry[1] in {"href", "id", "content"}
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_adds_nothing_to_the_index(index, payload):
    clean = Skeleton(page.index_page(index, ["HS-0A1B2C3D4E"]))
    assert Skeleton(page.index_page(poisoned(index, payload), ["HS-0A1B2C3D4E"])).tags == clean.tags


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_control_or_bidirectional_character_reaches_the_page(facts, payload):
    text = rendered(poisoned(facts, payload))
    assert all(char.isprintable() or char == "\n" for char in text)
    text.encode("utf-8")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_text_in_a_figure(facts, payload):
    hostile = poisoned(facts, payload)
    for kind in hostile["graph"]["links"], hostile["graph"]["observables"]:
        for each in kind:
            each |= {"kind": payload, "value": payload}
    hostile["graph"]["accounts"] = [{"account_id": payload, "role": "attributed"}]
    drawn, _ = figures.draw(hostile)
    for drawing in drawn.values():
        elements = {element.tag.rpartition("}")[2] for element in ET.fromstring(drawing).iter()}
        names = {name.rpartition("}")[2] for element in ET.fromstring(drawing).iter() for name in element.attrib}
        assert elements <= {"svg", "g", "path", "rect", "line", "text", "tspan", "title", "defs", "clipPath"}
        assert not {name for name in names if name.startswith("on") or name in {"href", "src", "style"}}


def test_the_page_loads_nothing_and_runs_nothing(facts):
    skeleton = Skeleton(page.case_page(facts, *figures.draw(facts)))
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form", "input"} & {
        tag for tag, _ in skeleton.tags
    }
    loads = [
        value
        for _, name, value in skeleton.values
        if name in {"src", "href", "xlink:href", "action", "srcset", "style"}
    ]
    assert all(value.startswith("#") for value in loads)
    assert not [name for _, name, _ in skeleton.values if name.startswith("on")]
    assert "url(" not in page._template("style.css")


def test_the_policy_allows_the_one_style_sheet_and_nothing_else(facts):
    text = rendered(facts)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    content = next(value for tag, name, value in Skeleton(text).values if tag == "meta" and name == "content")
    assert content == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("make", ["case", "index"])
def test_no_sentence_holds_both_a_likelihood_and_confidence(facts, index, make):
    text = rendered(facts) if make == "case" else page.index_page(index, [])
    terms = re.compile(r"\b(" + "|".join(each.term for each in words.ICD_203) + r")\b")
    sentences = [sentence for block in Skeleton(text).blocks for sentence in re.split(r"[.!?](?:\s|$)", block)]
    assert [
        sentence for sentence in sentences if terms.search(sentence.lower()) and "confiden" in sentence.lower()
    ] == []
    assert any(terms.search(sentence) for sentence in sentences)
    assert any("confidence" in sentence.lower() for sentence in sentences)


def test_every_heading_that_a_reader_needs_is_there(facts):
    for wanted in (
        "sure",
        "when",
        "who",
        "took",
        "evidence",
        "outside",
        "alternatives",
        "against",
        "associated",
        "read",
        "limits",
        "method",
    ):
        assert re.search(rf'<h[23] id="{wanted}">', rendered(facts))


def test_evidence_against_the_claim_stands_under_its_own_heading(facts):
    text = rendered(facts)
    assert text.index('id="e4"') > text.index('id="against"') > text.index('id="e3"')


def test_operator_and_sponsor_are_told_apart_each_with_its_own_confidence(facts):
    text = rendered(facts)
    assert "It says that Grey Heron runs it, with moderate confidence." in text
    assert "It says that Example Corp benefits, with low confidence." in text
    assert "It says that Blue Wren runs it, and states no confidence." in text
    assert "It does not say who runs the accounts" in text
    who = {"operator": "Grey Heron", "operator_confidence": "moderate", "sponsor": None, "sponsor_confidence": None}
    named = rendered({**facts, "campaign": {**facts["campaign"], "level": "named", **who}})
    assert "Grey Heron. Confidence in this is moderate." in named
    assert "It does not say who runs the accounts" not in named
    assert "pattern of systematic output extraction" in named
    assert "speaks of the attributed accounts" in rendered({**facts, "matches": []})


def test_without_evidence_alternatives_or_members_the_page_still_stands(facts):
    bare = {
        **facts,
        "evidence": [],
        "hypotheses": [],
        "conduct": [],
        "shared": [],
        "frames": [],
        "sensitivity": None,
        "capabilities": [],
    }
    bare["members"] = {**facts["members"], "associated": [], "signup": None, "mixed": 0}
    bare["gates"] = {"passed": 0, "breached": [], "breached_total": 0}
    text = rendered(bare)
    assert "No evidence for the claim is recorded." in text
    assert "not proof that there is none" in text


def test_a_very_long_value_is_cut(facts):
    facts["members"]["attributed"][0]["account_id"] = "x" * 100_000
    assert "(100,000 characters)" in rendered(facts)
    assert len(rendered(facts)) < 100_000


def test_without_a_campaign_the_index_says_what_was_seen(index):
    text = page.index_page({**index, "campaigns": []}, [])
    assert "No campaign met the decision rule." in text
    assert "7 clusters (130 accounts) were seen" in text
    assert "not proof that no campaign took place" in text


def test_the_index_links_to_the_pages_that_were_written(index):
    assert '<a href="HS-0A1B2C3D4E.html">' in page.index_page(index, ["HS-0A1B2C3D4E"])
    assert page.index_page(index, []).count("<a href") == 1
    assert '<a href="gates.html">' in page.index_page(index, [])


def test_figures_are_the_same_every_time(facts):
    assert figures.draw(facts) == figures.draw(facts)


def test_a_figure_without_data_is_left_out(facts):
    nothing = {**facts, "days": [], "graph": {**facts["graph"], "links": []}}
    assert figures.draw(nothing)[0] == {"timeline": "", "graph": ""}
    assert "<figure>" not in page.case_page(nothing, *figures.draw(nothing))


def test_payment_values_are_shortened_in_the_graph(facts):
    drawing = figures.svg(figures.graph(facts))
    assert "pf_0a77c91e" not in drawing
    assert "pf_0a7…" in drawing


@pytest.mark.browser
def test_a_browser_shows_the_page_and_asks_for_nothing(facts, tmp_path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium: install it to look at the page")
    hostile = poisoned(facts, '"><img src="https://x.example/a"><script src="https://x.example/b"></script>')
    shown, log = _looked_at(browser, page.case_page(hostile, *figures.draw(hostile)), tmp_path)
    assert "<h1>24,981 accounts acted together" in shown
    assert "//x.example" not in log
    _, log = _looked_at(browser, '<img src="https://x.example/a">', tmp_path)
    assert "//x.example" in log, "the look itself must see a request where there is one"


def _looked_at(browser, text, folder):
    """The page as Chromium renders it, and Chromium's log of everything it asked for; no name resolves."""
    file, log = folder / "case.html", folder / "net.json"
    file.write_text(text, encoding="utf-8")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", *quiet, f"--user-data-dir={folder / 'profile'}"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={log}", "--dump-dom", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, log.read_text(encoding="utf-8")
