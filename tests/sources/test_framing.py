"""Framing: exact bytes of every record, nothing lost, whatever the bytes."""

from __future__ import annotations

import gzip
import io
import json
import os
from pathlib import Path

import pyarrow as pa
import pytest

from hydrascope import objects
from hydrascope.errors import NotFound, SourceError
from hydrascope.reading.framing import FRAMINGS, KEPT, Bare, Frame, batches
from hydrascope.reading.streams import PIECE, Limits, Stored, Unreadable, clear
from hydrascope.reading.surveys import Survey, survey
from hydrascope.sources import Asked

LIMITS = Limits(object_bytes=1 << 30, ratio=400)
LONG = 1 << 20


def frames(framing: str, *pieces: bytes, max_bytes: int = LONG) -> list[Frame]:
    """All frames of an object that arrives in these pieces."""
    found: list[Frame] = []
    for some in FRAMINGS[framing](pieces, max_bytes):
        found += map(Frame, some.raws) if isinstance(some, Bare) else some
    return found


def split(data: bytes, size: int) -> list[bytes]:
    """The data in pieces of that size."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def unpacked(data: bytes, limits: Limits = LIMITS) -> bytes:
    """The clear bytes of stored bytes."""
    return b"".join(clear(Stored(io.BytesIO(data)), limits))


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_lines_are_the_same_however_the_object_is_cut_into_pieces(size: int) -> None:
    data = b'{"a":1}\r\n\n{"b":"\xc3\xa9"}\n  \n{"c":3}'
    assert [f.raw for f in frames("lines", *split(data, size))] == [
        b'{"a":1}',
        b"",
        b'{"b":"\xc3\xa9"}',
        b"  ",
        b'{"c":3}',
    ]


def test_a_last_line_end_makes_no_further_line() -> None:
    assert len(frames("lines", b"a\nb\n")) == len(frames("lines", b"a\nb")) == 2


@pytest.mark.fault(13)
def test_cr_alone_ends_a_line_only_where_there_is_no_lf() -> None:
    assert [f.raw for f in frames("lines", b"a\rb\r")] == [b"a", b"b"]
    assert [f.raw for f in frames("lines", b"a\rb\nc\n")] == [b"a\rb", b"c"]


@pytest.mark.fault(19)
@pytest.mark.parametrize("size", [10, 64, 5000])
def test_a_line_over_the_limit_keeps_its_first_kilobyte_and_its_neighbours_are_whole(size: int) -> None:
    found = frames("lines", *split(b"a\n" + b"x" * 4000 + b"\nb\n", size), max_bytes=2048)
    assert [(f.raw[:2], len(f.raw), f.note) for f in found] == [
        (b"a", 1, None),
        (b"xx", KEPT, "too_long"),
        (b"b", 1, None),
    ]


@pytest.mark.fault(12)
def test_bytes_that_are_no_utf8_and_half_surrogates_are_noted_on_their_own_line_alone() -> None:
    found = frames("lines", b'{"a":"ok"}\n{"b":"\xff"}\n{"c":"\\ud800x"}\n{"d":"\\ud83d\\ude00"}\n{"e":"\\\\ud800"}')
    assert [f.note for f in found] == [None, "not_utf8", "lone_surrogate", None, None]
    assert found[1].raw == b'{"b":"\xff"}'


@pytest.mark.fault(5)
@pytest.mark.parametrize("size", [1, 3, 50, 10_000])
def test_documents_are_exact_slices_pretty_printed_or_concatenated(size: int) -> None:
    first = json.dumps({"a": [1, {"b": "}\u00e9{"}]}, indent=2, ensure_ascii=False).encode()
    data = b"  " + first + b'\n{"c":1}{"d":2} 17'
    assert [f.raw for f in frames("documents", *split(data, size))] == [first, b'{"c":1}', b'{"d":2}', b"17"]


@pytest.mark.parametrize("size", [1, 8, 10_000])
def test_elements_are_exact_slices_of_records_or_of_a_bare_array(size: int) -> None:
    records = [b'{ "a" : 1 }', b'{"b":[2, "x,]"]}']
    wrapped = b'{"note": {"x": []}, "Records": [' + b" ,\n".join(records) + b'], "more": 1}'
    assert [f.raw for f in frames("elements", *split(wrapped, size))] == records
    assert [f.raw for f in frames("elements", *split(b"[" + b",".join(records) + b"]", size))] == records


def test_what_cannot_be_divided_comes_out_as_one_frame_with_a_note() -> None:
    found = frames("elements", b'{"Records":[{"a":1},{"b":')
    assert [(f.raw, f.note) for f in found] == [(b'{"a":1}', None), (b'{"b":', "not_json")]
    assert [(f.raw, f.note) for f in frames("documents", b'{"a":1} oops {"b":2}')][1] == (b'oops {"b":2}', "not_json")
    deep = b"[" * 100_000
    assert frames("documents", deep, max_bytes=1 << 24)[0].note == "too_deep"


def test_csv_rows_keep_their_text_and_become_objects_under_the_headers_names() -> None:
    data = b'account_id,note\r\na1,"x\ny ""z"""\n\na2,plain\na3,1,2\n'
    found = frames("csv", data)
    assert [f.raw for f in found] == [b'a1,"x\ny ""z"""', b"", b"a2,plain", b"a3,1,2"]
    assert json.loads(found[0].json or "") == {"account_id": "a1", "note": 'x\ny "z"'}
    assert [f.note for f in found] == [None, None, None, "field_count"]


def test_a_csv_row_over_several_lines_keeps_the_line_ends_within_it() -> None:
    found = frames("csv", b'a,b\r\n1,"x\r\ny"\r\n2,"x\ny",3\r\n\r\n4,5\r\n')
    assert [(f.raw, f.note) for f in found] == [
        (b'1,"x\r\ny"', None),
        (b'2,"x\ny",3', "field_count"),
        (b"", None),
        (b"4,5", None),
    ]
    assert json.loads(found[0].json or "") == {"a": "1", "b": "x\r\ny"}
    assert [f.raw for f in frames("csv", b'a,b\r1,"x\ry"\r2,3\r')] == [b'1,"x\ry"', b"2,3"]


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    rows = b"".join(b"a%d,x\n" % number for number in range(500))
    found = frames("csv", b"account_id,note\n" + b'bad,"open\n' + rows)
    assert [f.note for f in found].count("unclosed_quote") == 1
    assert len(found) == 501
    assert sum(f.json is not None for f in found) == 500


def test_bad_bytes_inside_an_open_quote_keep_their_own_note() -> None:
    found = frames("csv", b'a,b\n1,"x\n2,\xff\n\xff,3\n4,"5\n\xff6"\n')
    notes = [(f.raw, f.note) for f in found]
    assert notes == [
        (b'1,"x', "unclosed_quote"),
        (b"2,\xff", "not_utf8"),
        (b"\xff,3", "not_utf8"),
        (b'4,"5\n\xff6"', "not_utf8"),
    ]


def test_batches_are_bounded_and_positions_count_from_one_without_a_gap() -> None:
    many = iter([Bare([b"x"] * 20_000), [Frame(b"y", note="not_utf8")], Bare([b"z"])])
    made = list(batches("file:///o", "0" * 64, many))
    table = pa.Table.from_batches(made)
    assert table["source_pos"].to_pylist() == list(range(1, 20_003))
    assert max(batch.num_rows for batch in made) <= 8192
    assert table["note"].to_pylist()[20_000] == "not_utf8"


@pytest.mark.fault(3)
def test_compression_is_told_from_the_bytes_and_members_and_padding_are_followed() -> None:
    data = os.urandom(3 * PIECE) + b"end"
    packed = gzip.compress(data[:PIECE]) + gzip.compress(data[PIECE:]) + b"\0" * 100
    zstd = pa.compress(data, codec="zstd", asbytes=True)
    assert unpacked(packed) == unpacked(zstd) == unpacked(data) == data


@pytest.mark.fault(1)
@pytest.mark.parametrize("cut", [4, 9, 30, "half"])
def test_a_cut_gzip_is_unreadable(cut: int | str) -> None:
    packed = gzip.compress(os.urandom(5000))
    with pytest.raises(Unreadable, match="cut off"):
        unpacked(packed[: len(packed) // 2] if cut == "half" else packed[: -int(cut)])


@pytest.mark.fault(2)
def test_a_damaged_gzip_and_bytes_after_its_end_are_unreadable() -> None:
    packed = bytearray(gzip.compress(b"x" * 5000))
    with pytest.raises(Unreadable, match="follow"):
        unpacked(bytes(packed) + b"junk")
    packed[-6] ^= 1
    with pytest.raises(Unreadable, match="damaged"):
        unpacked(bytes(packed))


@pytest.mark.fault(20)
def test_a_gzip_bomb_is_stopped_by_ratio_and_by_size() -> None:
    bomb = gzip.compress(b"0" * (64 << 20))
    with pytest.raises(Unreadable, match="max_ratio"):
        unpacked(bomb)
    with pytest.raises(Unreadable, match="max_object_bytes"):
        unpacked(bomb, Limits(object_bytes=8 << 20, ratio=10_000))


@pytest.mark.fault(11)
def test_utf16_is_transcoded_and_a_byte_order_mark_dropped() -> None:
    text = '{"a":"\u00e9\u4e2d"}\n'
    assert unpacked(b"\xef\xbb\xbf" + text.encode()) == text.encode()
    assert (
        unpacked(text.encode("utf-16"))
        == unpacked(text.encode("utf-16-le"))
        == unpacked(text.encode("utf-16-be"))
        == text.encode()
    )
    with pytest.raises(Unreadable, match="utf-16"):
        unpacked('{"a"'.encode("utf-16") + b"\x00")


def look(path: Path) -> Survey:
    """The survey of one file."""
    return survey(objects.find(str(path))[0], LIMITS, Asked(), objects.Store())


def test_a_survey_counts_lines_apart_from_the_framing(tmp_path: Path) -> None:
    record = b'{"request_id":"r","event_time":"t","account_id":"a"}'
    for number, data in enumerate([record, record + b"\n", record + b"\n\n" + record, record + b"\r" + record + b"\r"]):
        path = tmp_path / f"{number}.log"
        path.write_bytes(data)
        seen = look(path)
        assert (seen.holds, seen.framing, seen.records) == ("exchanges", "lines", len(frames("lines", data)))


@pytest.mark.fault(2, 14, 16)
def test_unreadable_empty_and_unknown_objects_are_findings_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b'{"request_id":"r"}' * 50)[:-5])
    (tmp_path / "not.json.gz").write_bytes(b"\x9e\x00 neither packed nor text")
    (tmp_path / "plain.json.gz").write_bytes(b'{"request_id":"r","event_time":"t","account_id":"a"}')
    (tmp_path / "none.json").write_bytes(b"")
    (tmp_path / "blank.json").write_bytes(b"\n \n")
    (tmp_path / "no-records.json").write_bytes(b'{"Records": []}')
    (tmp_path / "text.log").write_bytes(b"a line of an nginx log\n")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1abcdef")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    found = {path.name: look(path) for path in tmp_path.iterdir()}
    assert {name: seen.status for name, seen in found.items()} == {
        "cut.gz": "unreadable",
        "not.json.gz": "unreadable",
        "plain.json.gz": "read",
        "none.json": "empty",
        "blank.json": "empty",
        "no-records.json": "empty",
        "text.log": "skipped",
        "cut.parquet": "unreadable",
        "gone": "unreadable",
    }
    assert all(seen.reason for seen in found.values() if seen.status != "read")
    assert "--format" in (found["text.log"].reason or "")
    assert found["cut.gz"].head is not None
    assert len(found["cut.gz"].head) <= KEPT


@pytest.mark.fault(15)
def test_a_folder_is_listed_in_natural_order_and_hidden_names_carry_a_reason(tmp_path: Path) -> None:
    names = [
        "part-10.json",
        "part-2.json",
        "_SUCCESS",
        ".hidden",
        "x.tmp",
        "a.crc",
        "_temporary/part-0.json",
        "sub/é 1+%[x].json",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = objects.find(str(tmp_path))
    assert {item.name for item in found} == {*names, "loop"}
    assert [item.name for item in found if item.skip is None] == ["part-2.json", "part-10.json", "sub/é 1+%[x].json"]
    assert all(Path(objects.local(item.uri)) == tmp_path / item.name for item in found)


def test_one_file_is_an_input_too_and_other_places_say_what_to_type(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text("{}")
    assert [item.name for item in objects.find(str(tmp_path / "one.json"))] == ["one.json"]
    with pytest.raises(NotFound, match="give a file or a folder of raw logs"):
        objects.find(str(tmp_path / "nothing"))
    with pytest.raises(SourceError, match="s3://BUCKET/PREFIX"):
        objects.find("hdfs://host/logs")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_stops_the_listing(tmp_path: Path) -> None:
    (tmp_path / "locked.json").write_text("{}")
    (tmp_path / "locked.json").chmod(0)
    with pytest.raises(SourceError, match="locked"):
        objects.find(str(tmp_path))
