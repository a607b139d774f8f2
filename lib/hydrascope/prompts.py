"""Prompts reduced to what can be compared and not read: a hash of the wording, and a consistent sample of its parts.

A prompt is normalised, cut into shingles of a few words, and every shingle's keyed hash is kept if it falls in a fixed
share of the hash space (FracMinHash: Irber et al. 2022, doi:10.1101/2022.01.11.475838). Two prompts that share a part
share its sampled shingles, whatever surrounds it. Spark's own functions would need a regular expression and a lambda for
every word, at several times the cost, so this runs over Arrow batches with RE2 and numpy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import capability
from hydrascope.settings import IngestSettings
from hydrascope.wording import SLOT

MARK_CODE = (r"(?s)```.*?(?:```|$)", f" {SLOT} ")
MARK_QUOTED = (r'"[^"\n]+"', f" {SLOT} ")
MARK_WORDS = (r"[^\s]*[0-9@/\\_][^\s]*", SLOT)
LETTERS = bytes(byte if not chr(byte).isascii() or chr(byte).isalpha() else 32 for byte in range(256))
"""Keeps letters and the bytes of all that is not ASCII; the rest becomes a blank."""

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
SCHEMA = "struct<digest: binary, sketch: string, phrases: string, capability: string>"
"""What comes back of a prompt. A list comes as lines of text: PySpark takes one of Python's apart element by element."""


def normalised(prompts: pa.Array) -> pa.ListArray:
    """The words of each prompt in lower case; null for null and for a prompt without any.

    Code blocks, quotations and words that hold a digit or belong to a path or an address are a slot. All else that is no
    letter only parts words.
    """
    text = pc.utf8_lower(prompts)
    for needle, (pattern, slot) in (("```", MARK_CODE), ('"', MARK_QUOTED)):
        if pc.any(pc.match_substring(text, needle)).as_py():
            text = pc.replace_substring_regex(text, pattern, slot)
    text = pc.replace_substring_regex(text, *MARK_WORDS)
    text = pc.ascii_trim_whitespace(_only_letters(text))
    return pc.ascii_split_whitespace(pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text))


def _only_letters(text: pa.Array) -> pa.Array:
    valid, offsets, data = text.buffers()
    letters = pa.py_buffer((data or pa.py_buffer(b"")).to_pybytes().translate(LETTERS))
    return pa.Array.from_buffers(text.type, len(text), [valid, offsets, letters], offset=text.offset)


def fingerprint(settings: IngestSettings) -> Callable[[Column, Column, Column], Column]:
    """A function of prompt, salt and whether there is a label, that gives `digest`, `sketch`, `phrases` and `capability`.

    `digest` is the SHA-256 of the normalised prompt; `sketch` holds the smallest `sketch_size` of the sampled hashes,
    sorted, and `phrases` the words behind each, which no table keeps as they are (`stages.wordings`); `lines` reads both.
    `capability` is what the rules of `capability` say where there is no label; null where there is one. All are null
    without a prompt.
    """
    words, scale, size = settings.shingle_words, settings.sketch_scale, settings.sketch_size
    table = capability.load()

    hashes: dict[str, int] = {}

    @F.pandas_udf(SCHEMA)  # type: ignore[call-overload]
    def compute(prompts: pd.Series, salts: pd.Series, labelled: pd.Series) -> pd.DataFrame:
        salt = int(salts.iloc[0]) if len(salts) else 0
        made = reduced(pa.array(prompts, pa.string()), salt, hashes, words=words, scale=scale, size=size)
        for name in ("sketch", "phrases"):
            text = pc.binary_join(made[name].cast(pa.list_(pa.string())), "\n")
            made = made.set_column(made.schema.get_field_index(name), name, text)
        # Columns of Arrow's own types are handed on as they are.
        return made.to_pandas(types_mapper=pd.ArrowDtype).assign(capability=ruled(prompts, labelled, table))

    return compute  # type: ignore[no-any-return]


def lines(text: Column, kind: str) -> Column:
    """The list of elements of that type that came as lines of text; null for null."""
    return F.when(text == "", F.array().cast(f"array<{kind}>")).otherwise(F.split(text, "\n").cast(f"array<{kind}>"))


def reduced(prompts: pa.Array, salt: int, hashes: dict[str, int], *, words: int, scale: int, size: int) -> pa.Table:
    """Digest, sketch and phrases of a batch of prompts. `hashes` holds keyed hashes of words met before and is added to."""
    tokens = normalised(prompts)
    texts = pc.binary_join(tokens, " ")
    digests = [None if text is None else hashlib.sha256(text.encode()).digest() for text in texts.to_pylist()]
    sketches, phrases = sketched(tokens, texts, salt, hashes, words=words, scale=scale, size=size)
    return pa.table({"digest": pa.array(digests, pa.binary()), "sketch": sketches, "phrases": phrases})


def ruled(prompts: pd.Series, labelled: pd.Series, table: capability.Table) -> list[str | None]:
    """The capability by the rules of each prompt that has no label; None for one that has. Those cost nothing."""
    rows = np.flatnonzero(~labelled.to_numpy(dtype=bool))
    found: list[str | None] = [None] * len(prompts)
    if len(rows):
        said = capability.ruled(pa.array(prompts.iloc[rows], pa.string()), table).to_pylist()
        for row, name in zip(rows.tolist(), said, strict=True):
            found[row] = name
    return found


def sketched(
    tokens: pa.ListArray, texts: pa.Array, salt: int, hashes: dict[str, int], *, words: int, scale: int, size: int
) -> tuple[pa.ListArray, pa.ListArray]:
    """The sampled shingle hashes of each list of words, distinct, sorted, at most `size`, and the words of each; null for null.

    A text shorter than a shingle is one shingle. `texts` are the words of each list, joined.
    """
    count = len(tokens)
    lengths = pc.fill_null(pc.list_value_length(tokens), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.cumsum(lengths)
    flat = tokens.flatten()
    hashed = _word_hashes(flat, salt, hashes)
    shingle = _shingles(hashed, words)
    kept = np.flatnonzero(shingle % np.uint64(scale) == 0)
    row = np.searchsorted(ends, kept, side="right")
    inside = kept + words <= ends[row]
    short = np.flatnonzero((lengths < words) & (lengths > 0))
    rows = np.concatenate([row[inside], short])
    values = np.concatenate([shingle[kept[inside]].astype(np.int64), _short(hashed, ends, lengths, short)])
    said = pa.concat_arrays([_phrases(flat, kept[inside], words), texts.take(pa.array(short))])
    order = np.lexsort((values, rows))
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[order][1:] != rows[order][:-1]) | (values[order][1:] != values[order][:-1])
    order = order[new]
    firsts = np.searchsorted(rows[order], np.arange(count + 1))
    order = order[np.arange(len(order)) - firsts[rows[order]] < size]
    bounds = pa.array(np.searchsorted(rows[order], np.arange(count + 1)), pa.int32())
    absent = tokens.is_null()
    sketches = pa.ListArray.from_arrays(bounds, pa.array(values[order]), mask=absent)
    return sketches, pa.ListArray.from_arrays(bounds, said.take(pa.array(order)), mask=absent)


def _phrases(flat: pa.Array, starts: np.ndarray[Any, Any], words: int) -> pa.Array:
    """The `words` words from each start on."""
    return pc.binary_join_element_wise(*[flat.take(pa.array(starts + offset)) for offset in range(words)], " ")


def _word_hashes(flat: pa.Array, salt: int, hashes: dict[str, int]) -> np.ndarray[Any, Any]:
    encoded = flat.dictionary_encode()
    table = np.empty(len(encoded.dictionary), dtype=np.uint64)
    key = salt.to_bytes(8, "big", signed=True)
    for index, word in enumerate(encoded.dictionary.to_pylist()):
        value = hashes.get(word)
        if value is None:
            value = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8, key=key).digest(), "big")
            if len(hashes) < 1 << 18:
                hashes[word] = value
        table[index] = value
    places: np.ndarray[Any, Any] = encoded.indices.to_numpy(zero_copy_only=False)
    return np.take(table, places)


def _shingles(hashed: np.ndarray[Any, Any], words: int) -> np.ndarray[Any, Any]:
    """The hash of the `words` words from each place on, as far as there are so many."""
    count = max(len(hashed) - words + 1, 0)
    total = hashed[:count].copy()
    for offset in range(1, words):
        total *= MULTIPLIER
        total += hashed[offset : offset + count]
    return _mixed(total)


def _short(hashed: np.ndarray[Any, Any], ends: Any, lengths: Any, short: Any) -> np.ndarray[Any, Any]:
    """One hash for each text that is shorter than a shingle."""
    values = [_shingles(hashed[ends[row] - lengths[row] : ends[row]], int(lengths[row]))[0] for row in short]
    return np.array(values, dtype=np.uint64).astype(np.int64)


def _mixed(value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Spread every bit over all bits (the finaliser of SplitMix64)."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    value ^= value >> np.uint64(31)
    return value
