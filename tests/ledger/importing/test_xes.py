"""A log is read as it stands, and whatever is not a whole log is refused by line."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from cose import encode
from ledger.importing import Attribute, Spool, Trace, XesError, read_traces
from ledger.importing.xes import MAX_DEPTH, MAX_TAG, MAX_VALUE
from tests.ledger.importing.logs import attribute, event, log, mapping, trace, written

NAMESPACES = ["", ' xmlns="http://www.xes-standard.org/"', ' xmlns="urn:another"']
BOMB = """<?xml version="1.0"?>
<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<log><trace><string key="concept:name" value="&b;"/></trace></log>"""


def read(folder: Path, text: str) -> list[Trace]:
    return list(read_traces(written(folder, text)))


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_traces_and_events_come_in_order_with_their_lines(tmp_path, namespace):
    text = log(trace("A", event("apply"), event("check")), trace("B"), namespace=namespace)

    first, second = read(tmp_path, text)

    assert first.attributes == (Attribute("concept:name", "string", "A"),)
    assert [each.attributes[0].value for each in first.events] == ["apply", "check"]
    assert [first.line, *(each.line for each in first.events)] == [3, 5, 6]
    assert (second.events, second.line) == ((), 8)


def test_a_prefixed_log_is_read_alike(tmp_path):
    text = """<x:log xmlns:x="http://www.xes-standard.org/"><x:trace>
        <x:string key="a" value="1"/></x:trace></x:log>"""

    (only,) = read(tmp_path, text)

    assert only.attributes == (Attribute("a", "string", "1"),)


def test_a_value_stays_the_text_that_stood_there(tmp_path):
    values = attribute("f", "1.50", "float") + attribute("b", "TRUE", "boolean")

    (only,) = read(tmp_path, log(f"<trace>{values}{attribute('s', '張 &amp; Müller')}</trace>"))

    assert [(each.kind, each.value) for each in only.attributes] == [
        ("float", "1.50"),
        ("boolean", "TRUE"),
        ("string", "張 & Müller"),
    ]


def test_attributes_inside_attributes_are_kept(tmp_path):
    question = attribute("question", "True", inside=attribute("code", "H1"))
    items = f'<list key="l"><values>{attribute("i", "1", "int")}</values></list>'

    (only,) = read(tmp_path, log(f"<trace>{question}{items}</trace>"))

    assert only.attributes == (
        Attribute("question", "string", "True", (Attribute("code", "string", "H1"),)),
        Attribute("l", "list", "", (Attribute("i", "int", "1"),)),
    )


def test_globals_and_what_the_log_says_of_itself_fill_nothing(tmp_path):
    default = attribute("concept:name", "UNKNOWN")
    preamble = f"""<extension name="Concept" prefix="concept" uri="urn:x"/>
        <global scope="trace">{default}</global><global scope="event">{default}</global>
        <classifier name="c" keys="concept:name"/>{attribute("total", "9", "int", default)}"""

    (only,) = read(tmp_path, log(preamble, "<trace><event/></trace>"))

    assert (only.attributes, only.events[0].attributes) == ((), ())


def test_a_gzipped_log_is_known_by_its_bytes_and_watched_as_it_lies_on_disk(tmp_path):
    path = tmp_path / "log.xes"
    path.write_bytes(gzip.compress(log(trace("A")).encode()))
    seen: list[bytes] = []

    traces = list(read_traces(path, seen.append))

    assert len(traces) == 1
    assert b"".join(seen) == path.read_bytes()


def test_the_deepest_attribute_allowed_still_fits_into_an_entry(tmp_path):
    deep = ""
    for _ in range(MAX_DEPTH - 2):
        deep = attribute("k", "v", inside=deep)
    whole = log(trace("A", event().replace("</event>", deep + "</event>")))

    (case,) = Spool.read(written(tmp_path, whole), mapping())

    assert encode([[[case.facts[0].attributes]]])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(
            "<trace><event><string value='x'/></event></trace>", "no key", id="no key"
        ),
        pytest.param("<trace><story/></trace>", "<story> has no place", id="unknown element"),
        pytest.param("<trace><event><event/></event></trace>", "no place", id="event in event"),
        pytest.param("<trace><values/></trace>", "no place", id="values outside a list"),
        pytest.param("<event/>", "belongs to no case", id="event outside a trace"),
        pytest.param("<trace><string key='a' value='&b;'/></trace>", "entity", id="entity"),
        pytest.param("<trace>", "mismatched", id="not closed"),
        pytest.param("<trace a='1' a='2'/>", "duplicate attribute", id="same twice"),
        pytest.param("<q>" * MAX_DEPTH + "<q>", "nested", id="deep outside traces"),
        pytest.param(
            "<trace>" + "<string key='a' value=''>" * MAX_DEPTH, "nested", id="deep in a trace"
        ),
        pytest.param(
            "<trace>" + attribute("k", "v" * MAX_VALUE) + "</trace>", "longer", id="long value"
        ),
        pytest.param(
            "<trace k='" + "v" * 2 * MAX_TAG + "'/>", "a tag is longer", id="long tag"
        ),
    ],
)
def test_what_is_no_xes_is_refused(tmp_path, content, complaint):
    with pytest.raises(XesError, match=complaint):
        read(tmp_path, log(content))


def test_a_refusal_names_the_line_and_the_case(tmp_path):
    text = log(trace("A", event()), trace("B", event(), "<story/>"))

    with pytest.raises(XesError, match=r"^line 10: case B: ") as refusal:
        read(tmp_path, text)

    assert (refusal.value.line, refusal.value.case) == (10, "B")


def test_another_kind_of_xml_is_named_for_what_it_is(tmp_path):
    with pytest.raises(XesError, match="this is a <html>, not the <log>"):
        read(tmp_path, "<html/>")


def test_an_entity_bomb_is_refused_unopened(tmp_path):
    with pytest.raises(XesError, match=r"line 2: .*remove the DOCTYPE"):
        read(tmp_path, BOMB)


def test_a_document_type_elsewhere_is_never_fetched(tmp_path):
    with pytest.raises(XesError, match="remove the DOCTYPE"):
        read(tmp_path, '<!DOCTYPE log SYSTEM "log.dtd"><log/>')


@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.999])
def test_a_log_cut_short_says_so(tmp_path, part):
    text = log(trace("A", event()), trace("B", event())).strip()

    with pytest.raises(XesError, match="ends before the log does"):
        read(tmp_path, text[: int(len(text) * part)])


@pytest.mark.parametrize("kept", [10, 200, -9, -1])
def test_a_gzip_file_cut_short_says_so(tmp_path, kept):
    path = tmp_path / "log.xes.gz"
    whole = log(*(trace(f"case {n}", event(f"activity {n * n}")) for n in range(200)))
    path.write_bytes(gzip.compress(whole.encode())[:kept])

    with pytest.raises(XesError, match="cut short or damaged; fetch it again"):
        list(read_traces(path))


@pytest.mark.parametrize("place", [-6, 100])
def test_a_damaged_gzip_file_is_not_trusted(tmp_path, place):
    path = tmp_path / "log.xes.gz"
    data = bytearray(gzip.compress(log(*(trace(str(n)) for n in range(999))).encode()))
    data[place] ^= 0xFF
    path.write_bytes(data)

    with pytest.raises(XesError):
        list(read_traces(path))


def test_a_log_in_an_encoding_we_do_not_read_says_what_to_do(tmp_path):
    text = log(trace("A")).replace('"1.0"', '"1.0" encoding="gb18030"')

    with pytest.raises(XesError, match="save the log as UTF-8"):
        read(tmp_path, text)


def test_a_log_that_is_not_there_is_named(tmp_path):
    with pytest.raises(XesError, match=r"absent\.xes cannot be read: No such file"):
        list(read_traces(tmp_path / "absent.xes"))


def test_no_value_shows_where_it_might_be_printed(tmp_path):
    (only,) = read(tmp_path, log(trace("Chan Tai Man", event(who="Chan Tai Man"))))

    shown = repr((only, only.events, only.attributes, only.events[0].attributes))

    assert "Chan" not in shown


def test_a_value_without_end_is_refused_before_it_is_all_in_memory(tmp_path):
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(b"<log><trace k='" + bytes([65]) * 64 * MAX_TAG))
    tracemalloc.start()

    with pytest.raises(XesError, match="a tag is longer"):
        list(read_traces(path))

    assert tracemalloc.get_traced_memory()[1] < 8 * MAX_TAG
    tracemalloc.stop()
