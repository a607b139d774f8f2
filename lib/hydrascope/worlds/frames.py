"""Written prompt frames: fixed instructions around a variable body. Small slots inside them change with every exchange."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """One frame. `lines` is the least and the greatest number of body lines; `capabilities` main and side label."""

    head: str
    tails: tuple[str, ...]
    body: str
    lines: tuple[int, int]
    capabilities: tuple[str, str]


HARVEST = (
    Frame(
        (
            "You receive part of a {lang} repository together with a failing report. Locate the root cause, "
            "then produce the smallest patch as a unified diff. Before the diff, number every inference you "
            "make and say how sure you are of it.\n\nRepository excerpt:\n"
        ),
        (
            "\nFinish with a section VERDICT that scores the patch from 1 to 10.",
            "\nKeep the numbered inferences complete; do not compress them.",
        ),
        "code",
        (5, 14),
        ("software_engineering", "agentic_reasoning"),
    ),
    Frame(
        (
            "Act as an autonomous engineer with the tools open_file, grep, run_suite and write_patch. Plan "
            "the whole task before the first call, then simulate each call with its observation until the "
            "suite passes.\n\nTicket {code}:\n"
        ),
        (
            "\nEmit the trajectory as alternating THOUGHT, CALL and OBSERVATION blocks.",
            "\nStop only after a final REFLECTION block of five sentences.",
        ),
        "logs",
        (4, 12),
        ("agentic_reasoning", "tool_use"),
    ),
    Frame(
        (
            "Design an exhaustive test suite in {lang} for the unit below. Derive each case from an explicit "
            "property, state the property first, and argue why no smaller set of cases would be enough.\n\n"
        ),
        (
            "\nOutput only runnable code after the argument.",
            "\nMark the three hardest cases and explain what a weak solution gets wrong.",
        ),
        "code",
        (4, 11),
        ("software_engineering", "software_engineering"),
    ),
    Frame(
        (
            "Port the following module from {lang} to {lang}. Preserve behaviour under concurrency, list the "
            "semantic differences you considered, and justify each design decision with a short chain of "
            "reasoning.\n\nModule {file}:\n"
        ),
        ("\nAfter the port, give a table of rejected alternatives.", ""),
        "code",
        (6, 15),
        ("software_engineering", "agentic_reasoning"),
    ),
    Frame(
        (
            "Below is a goal that needs more than {n} dependent actions. Decompose it into milestones, "
            "predict what may fail at every milestone, and revise the plan twice while writing down what "
            "changed your mind.\n\nGoal: "
        ),
        (
            "\nDeliver the final plan as nested JSON with preconditions.",
            "\nEnd with the shortest plan that still reaches the goal.",
        ),
        "prose",
        (3, 9),
        ("agentic_reasoning", "agentic_reasoning"),
    ),
    Frame(
        (
            "Two engineers answered the task shown next. Build a rubric of weighted criteria, grade both "
            "answers against it line by line, and then write the answer that would have earned full "
            "marks.\n\nTask and answers:\n"
        ),
        ("\nReport the grades as A=x, B=y on the last line.", "\nQuote the line that decided each grade."),
        "logs",
        (5, 12),
        ("software_engineering", "agentic_reasoning"),
    ),
)
"""Families of an extraction campaign: engineering and agent tasks with the reasoning written out."""

POPULAR = (
    Frame(
        (
            "Answer the user's question from the context only. When the context does not hold the answer, "
            "say that you do not know.\n\nContext:\n"
        ),
        ("\nQuestion: what does it say about the {noun}?", "\nQuestion: why is the {noun} {adj}?"),
        "prose",
        (3, 9),
        ("data_extraction", "chat"),
    ),
    Frame(
        (
            "You have access to these tools: search, calculator, calendar. Use the format Thought, Action, "
            "Action Input, Observation, and repeat it until you can write Final Answer.\n\nTask: "
        ),
        ("\nBegin!",),
        "prose",
        (1, 4),
        ("tool_use", "agentic_reasoning"),
    ),
    Frame(
        "Write a concise summary of the text between the markers, keeping names and figures.\n---\n",
        ("\n---\nCONCISE SUMMARY:",),
        "prose",
        (4, 10),
        ("summarisation", "writing"),
    ),
    Frame(
        (
            "Given the table definitions, write one syntactically correct query that answers the request. "
            "Never select all columns.\n\nTables:\n"
        ),
        ("\nRequest: count {noun} per {noun} {when}.", "\nRequest: list the {adj} {noun} of {place}."),
        "records",
        (2, 6),
        ("software_engineering", "data_extraction"),
    ),
    Frame(
        (
            "Review this change like a strict but kind maintainer. Point out bugs, naming and missing tests, "
            "most severe first.\n\n"
        ),
        ("\nReview:",),
        "code",
        (4, 10),
        ("software_engineering", "software_engineering"),
    ),
    Frame(
        (
            "You are a helpful customer support assistant. Stay polite, do not promise refunds, and hand "
            "over to a person when unsure.\n\n"
        ),
        ("\nAgent:",),
        "dialogue",
        (2, 6),
        ("chat", "classification"),
    ),
    Frame(
        (
            "Think through the problem carefully, one step after the other, and put the result on the last "
            "line.\n\nProblem: "
        ),
        ("", "\nLet us reason it out."),
        "prose",
        (2, 5),
        ("agentic_reasoning", "math"),
    ),
)
"""Frames that come with popular frameworks and tutorials; thousands of strangers use them."""

HARNESS = Frame(
    "You are a coding agent working in a checked-out repository. You may run shell commands, one per turn, "
    "inside a sandbox. Inspect before you edit, keep the diff minimal, never touch the lock files, and run the "
    "tests before you submit.\n\n"
    '<issue repo="{file}">\n',
    (
        "</issue>\nRespond with exactly one command in a fenced block.",
        "</issue>\nRespond with exactly one command in a fenced block. Previous command exited with {n}.",
    ),
    "logs",
    (3, 9),
    ("software_engineering", "tool_use"),
)
"""The default prompt of an open-source coding agent."""

COURSE = Frame(
    (
        "Exercise sheet 4. Implement the interpolation search described in the lecture, prove that your "
        "loop terminates, and compare the number of steps with binary search on the data of your group. "
        "Group data:\n"
    ),
    ("\nThis is my attempt so far, where is the mistake?", "\nWhich test would show that my proof has a gap?"),
    "code",
    (2, 5),
    ("software_engineering", "chat"),
)
"""One week's exercise of a university course."""

COMPANY = Frame(
    (
        "Internal assistant for claims handling. Follow handbook section {n}, cite the paragraph you "
        "rely on, mask policy numbers, and leave the decision to the case worker.\n\nFile note:\n"
    ),
    (
        "\nPropose the next letter to the policyholder.",
        "\nWhich documents are still missing?",
        "\nSummarise the file for the weekly round.",
    ),
    "records",
    (2, 8),
    ("writing", "data_extraction"),
)
"""The prompt of one company's internal tool."""

ALL = (*HARVEST, *POPULAR, HARNESS, COURSE, COMPANY)
COMPOSED = -1
"""Number of a frame whose sentences are drawn from the frame's key: everybody's own pipeline."""
CODE_LIKE = ("software_engineering", "agentic_reasoning", "tool_use")


def number(frame: Frame) -> int:
    """The frame's number in ALL."""
    return ALL.index(frame)
