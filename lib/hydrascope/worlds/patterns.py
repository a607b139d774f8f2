"""Sentence patterns by style. A word in braces is a slot; runs between slots stay short, so that free texts share little."""

from __future__ import annotations

import re

from hydrascope.worlds.words import CHOICES, COMMON, TOPICAL, TOPICS

ASK = """
Can you {verb} the {adj} {noun} for our {role} {manner}?
I need to {verb} a {noun} about the {noun} before {name} leaves {place}.
How would a {role} {verb} this {adj} {noun}?
Please {verb} my {noun}, {reason}.
What makes a {noun} {adj}, and when should I {verb} it?
Help me {verb} the {noun} that {name} sent {when}.
Which {noun} would you {verb} first, the {adj} or the {adj} one?
Write a {adj} {noun} to my {role} about the {noun} {when}.
Is it {adj} to {verb} the {noun} twice {when}?
My {role} wants a {noun} {manner}; where do I start?
Turn these notes on {noun} and {noun} into a {adj} {noun}.
Why did the {noun} in {place} become so {adj}?
Give me {n} ideas to {verb} a {adj} {noun} with a {noun}.
Could we {verb} every {noun} {when} and still {verb} the {noun}?
Explain {noun} to a {role} {manner}.
Tell me what {name} probably meant by "{adj} {noun}".
Suggest a {adj} title for a {noun} on {noun} and {noun}.
I am a {role} in {place}, so {verb} the {noun} accordingly.
"""

PROSE = """
The {adj} {noun} from {place} came {when}, but {name} calls it {adj}.
We tried to {verb} one {noun} and lost the {adj} {noun}.
There are {n} {adj} entries in my {noun}, mostly about {noun}.
{name} prefers a {adj} {noun}; the {role} wants to {verb} it.
It should {verb} the {noun} {manner}, {reason}.
Last year a {role} from {place} would {verb} that {noun} alone.
Our {noun} is {adj} and the {noun} looks {adj} {when}.
Keep the {noun} under {n} lines, {reason}.
Somebody must {verb} the {noun}, {reason}, and {name} cannot.
A {adj} {noun} costs {big} in {place}, a {adj} one {big}.
I already {verb} the {noun} {when} with {name}.
Neither {noun} nor {noun} felt {adj} to the {role}.
Then {verb} whatever {noun} remains and {verb} its {noun}.
For {name} the {noun} matters more than any {adj} {noun}.
The {role} said {noun} first, {noun} later, {reason}.
{place} has {n} places with a {adj} {noun} and one {noun}.
If the {noun} turns {adj}, {verb} the {noun} {when}.
Only {n} of {big} people {verb} their {noun} {when}.
My {noun} mentions {name}, a {adj} {role}, and some {noun}.
Without a {adj} {noun} we cannot {verb} {noun} {when}.
Both {name} and the {role} {verb} the {noun} {manner}.
Every {adj} {noun} in {place} needs a {noun}.
She will {verb} it {when}, {reason}.
Maybe the {noun} was never {adj}, as {name} claims.
They {verb} {noun} against {noun} and keep the {adj} half.
One {noun} stayed {adj} for {n} weeks, {reason}.
"""

FOLLOW = """
Make the {noun} more {adj}.
And what about the {noun} from {place}?
Now {verb} it {manner}.
No, I meant the {adj} {noun}, not the {noun}.
Thanks, but {name} finds the {noun} too {adj}.
Shorter, please, and drop the {adj} {noun}.
Can the {role} {verb} it {when} instead?
Why {adj}? The {noun} says {n}.
Good. Add a {noun} about {noun}.
What if we {verb} the {noun} first?
Say that again {manner}.
The second {noun} is wrong, {reason}.
Okay, {verb} the rest and mention {name}.
Use {n} instead of {n} and {verb} the {noun}.
Does this {noun} work in {place} as well?
"""

CODE = """
def {ident}({noun}: {type}, limit: {type} = {n}) -> {type}:
    {noun} = {ident}({noun}, {n})
    if {noun} is None or {ident}({noun}) > {big}:
    for {noun} in {class}.{ident}({n}):
        raise {error}("{adj} {noun}")
    return {class}({noun}={ident}(), retries={n})
class {class}({class}):
    self.{ident} = {class}({noun}, "{file}.yaml")
import {lib}.{ident} as {noun}
    assert {ident}([{n}, {big}]) == {n}
    with {class}("{file}") as {noun}, {ident}():
    log.info("{noun} {adj}: %s", {ident})
    while not {noun}.{ident} and {n} < {big}:
    yield from {ident}({noun})[{n}:{big}]
        {noun}[{ident}] += {n}
    except {error} as {noun}: {ident}({noun})
# {verb} the {adj} {noun} before {ident}
"""

LOGS = """
{file}.py:{big} in {ident}: {error}: {adj} {noun} at {n}
[{big}] WARN {class} {noun}={n} {noun}={big} retry {n}
FAILED {file}_test.py::{ident} - {error} after {n}s
[{big}] INFO {ident} finished, {n} {adj}, {big} bytes
+++ b/{file}.py @@ -{n},{n} +{big},{n} @@ {ident}
worker {n} lost {class} while {ident} held {noun}
The {noun} turns {adj} when {ident} gets {n} items.
Expected {ident} to {verb} {n}, got {big} in {file}.
Since {lib} {n}.{n} the {class} will {verb} each {noun}.
Steps: call {ident}, {verb} the {noun}, then {ident} with {n}.
Only {class} on {lib} {n} shows it, {reason}.
"""

RECORDS = """
{code}; {name}; {place}; {noun}; {big}; {adj}
{name} ({role}), {place}: {noun} {n}, {noun} {big}
- {code} {adj} {noun}, {big} units, {place}
{code} | {noun} | {n} | {name} | {noun} | {big}
"{noun}": {big}, "{noun}": "{adj}", "ref": "{code}", "{noun}": {n}
{place} {n}/{n} {name} {noun} {adj} {big}
item {code}: {adj} {noun} for the {role}
"""

DIALOGUE = """
{name}: The {noun} is {adj} again, {reason}.
Agent: Did you {verb} the {noun} {when}?
{name}: Yes, {n} times, and {role} says {adj}.
Agent: Please send {code} with the {noun}.
{name}: My {noun} in {place} shows {big}.
Agent: We {verb} that {noun} {when}.
{name}: I want to {verb} my {noun}, not a {adj} one.
"""

TASK = """
You are the {adj} {role} of a {noun} service and {verb} each {noun} you receive.
Extract the {noun}, the {noun} and the {adj} {noun} from the text that follows.
Classify the entry as {adj}, {adj} or {adj}, looking only at its {noun}.
Rewrite the passage so that a {role} can {verb} the {noun} without the {noun}.
{verb} the {noun} below for our {noun} {noun} and flag every {adj} {noun}.
Translate the {noun} into {tongue} and keep each {noun} as written.
Compare the {noun} with the {adj} {noun} policy and list what is {adj}.
Summarise the {noun} for a {role} who will {verb} it {when}.
From the {noun}, produce {n} questions a {role} could ask about the {noun}.
Score the {noun} from 1 to {n} for how {adj} its {noun} is.
Generate a {lang} function that can {verb} the {noun} described here.
Find the defect in this {noun} module and say how to {verb} it.
Reason through each {noun} in order, then {verb} the {adj} {noun}.
Match the {noun} to the {noun} catalogue and return the {adj} entry.
Write the {noun} description of a {adj} {noun} for the {place} shop.
Decide whether the {role} should {verb} the {noun}, and explain the {adj} part.
"""

OUTPUT = """
Return JSON with the keys {noun}, {noun} and {noun}.
Answer in {tongue} and never {verb} the {noun}.
Use at most {big} characters; leave out any {adj} {noun}.
If no {noun} is found, write the single word {adj}.
List your steps before the final {noun}.
Reply with a table: {noun}, {noun}, {adj} yes or no.
Do not {verb} names; replace each with {code}.
End with one line that starts with {noun}:
Think about the {adj} {noun} first and show that thinking.
Give a confidence between 0 and {n} for the {noun}.
"""

STYLES: dict[str, str] = {
    "ask": ASK, "prose": PROSE, "follow": FOLLOW, "code": CODE, "logs": LOGS, "records": RECORDS, "dialogue": DIALOGUE,
    "task": TASK, "output": OUTPUT,
}  # fmt: skip
LINE_STYLES = ("code", "logs", "records", "dialogue")
"""Styles whose sentences stand on lines of their own."""
STYLE = {name: number for number, name in enumerate(STYLES)}

Part = dict[str, str | int]
"""A `text` with a GAP for a word of a slot; the slot's words start at entry base + topic * stride of the lexicon."""
GAP = "\x01"


def _slot(name: str) -> Part:
    if name in TOPICAL:
        return {"base": TOPICAL.index(name) * CHOICES, "stride": len(TOPICAL) * CHOICES}
    return {"base": (len(TOPICS) * len(TOPICAL) + list(COMMON).index(name)) * CHOICES, "stride": 0}


def parts(pattern: str) -> list[Part]:
    """The pattern cut behind every slot; what follows the last has no gap. Raises ValueError for a slot without words."""
    cut = re.split(r"\{(\w+)\}", pattern)
    found: list[Part] = [{"text": text + GAP, **_slot(name)} for text, name in zip(cut[::2], cut[1::2], strict=False)]
    return [*found, {"text": cut[-1], **_slot(TOPICAL[0])}] if cut[-1] else found


def sentences(style: str) -> list[str]:
    """The style's patterns, each with the white space that follows it."""
    end = "\n" if style in LINE_STYLES else " "
    return [line + end for line in STYLES[style].strip("\n").splitlines()]
