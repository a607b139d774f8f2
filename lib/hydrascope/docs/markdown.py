"""Markdown of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def items(lines: Sequence[str], nothing: str) -> str:
    """A list, or the sentence `nothing` where there are no lines."""
    return "\n".join(f"- {line}" for line in lines) + "\n" if lines else f"{nothing}\n"


def figure(value: float | None) -> str:
    """A number to four digits, a whole one in full; `-` for None."""
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def names(words: Iterable[str]) -> str:
    """Names as code, separated by commas."""
    return ", ".join(f"`{word}`" for word in words)


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(text.replace("|", "\\|") for text in line) + " |\n" for line in lines)
