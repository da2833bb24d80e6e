"""Reading an XES log (IEEE 1849), plain or gzipped, a trace at a time.

Globals, extensions, classifiers and the log's own attributes are read past. A
global only says what a tool may show where a value is missing: filling with
it would invent facts.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn, cast
from xml.parsers import expat

from ledger.importing.errors import XesError
from ledger.importing.trace import Attribute, Event, Trace

MAX_DEPTH = 12
MAX_VALUE = 16 * 1024
MAX_TAG = 1024 * 1024

_CHUNK = 64 * 1024
_KINDS = ("string", "date", "int", "float", "boolean", "id", "list", "container")
_HOLDERS = ("list", "container")
_TOO_DEEP = f"elements are nested more than {MAX_DEPTH} deep; no log needs that"
_CUT_SHORT = (expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN)


def read_traces(path: Path, watch: Callable[[bytes], object] = len) -> Iterator[Trace]:
    """Yield the traces of the log at `path`, holding only a few at once.

    `watch` is given every byte of the file as it is read, still compressed,
    to count or to hash. Raises `XesError` for whatever is not a whole log;
    the traces yielded before it are then only a part.
    """
    try:
        with _Watched(path, watch) as file:
            gzipped = file.peek(2)[:2] == b"\x1f\x8b"
            plain = gzip.GzipFile(fileobj=file) if gzipped else file
            yield from _Reader().read(cast("BinaryIO", plain))
    except OSError as error:
        raise XesError(f"{path.name} cannot be read: {error.strerror}") from error


class _Watched(io.BufferedReader):
    """A file that shows its bytes to `watch` as they are read."""

    def __init__(self, path: Path, watch: Callable[[bytes], object]) -> None:
        super().__init__(cast("io.RawIOBase", path.open("rb", buffering=0)))
        self._watch = watch

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self._watch(data)
        return data


class _Reader:
    """What is open at one place in a log, and the traces finished since last asked.

    `_path` holds the open trace, event and attributes: key, kind, value and
    the attributes found inside so far.
    """

    def __init__(self) -> None:
        self._path: list[tuple[str, str, str, list[Attribute]]] = []
        self._events: list[Event] = []
        self._finished: list[Trace] = []
        self._skipping = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._root

    def read(self, file: BinaryIO) -> Iterator[Trace]:
        fed = 0
        while True:
            chunk = self._next(file)
            self._feed(chunk)
            fed += len(chunk)
            if fed - self._parser.CurrentByteIndex > MAX_TAG:
                self._refuse(f"a tag is longer than {MAX_TAG:,} bytes; no log needs that")
            yield from self._finished
            self._finished.clear()
            if not chunk:
                return

    def _next(self, file: BinaryIO) -> bytes:
        try:
            return file.read(_CHUNK)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            self._refuse("the gzip file is cut short or damaged; fetch it again", error)

    def _feed(self, chunk: bytes) -> None:
        try:
            self._parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code)
            if what in _CUT_SHORT:
                self._refuse("the file ends before the log does; fetch it again", error)
            self._refuse(f"this is not well-formed XML ({what}); fetch it again", error)
        except (LookupError, ValueError) as error:
            self._refuse("the encoding is not one we read; save the log as UTF-8", error)

    def _doctype(self, *_: object) -> None:
        self._refuse("a log needs no document type and no entities; remove the DOCTYPE")

    def _root(self, name: str, _attributes: dict[str, str]) -> None:
        namespace, space, local = name.rpartition(" ")
        if local != "log":
            self._refuse(f"this is a <{local}>, not the <log> of an XES file")
        prefix = namespace + space
        self._kinds = {prefix + kind: kind for kind in _KINDS}
        self._trace, self._event = prefix + "trace", prefix + "event"
        self._values = prefix + "values"
        self._parser.StartElementHandler = self._in_log

    def _in_log(self, name: str, _attributes: dict[str, str]) -> None:
        if name == self._event:
            self._refuse("an event outside a trace belongs to no case; put it into its trace")
        if name == self._trace:
            self._trace_line = self._parser.CurrentLineNumber
            self._path.append(("", "trace", "", []))
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = self._end
        else:
            self._skipping = 1
            self._parser.StartElementHandler = self._skip
            self._parser.EndElementHandler = self._skipped

    def _skip(self, _name: str, _attributes: dict[str, str]) -> None:
        if self._skipping == MAX_DEPTH:
            self._refuse(_TOO_DEEP)
        self._skipping += 1

    def _skipped(self, _name: str) -> None:
        self._skipping -= 1
        if not self._skipping:
            self._back_to_log()

    def _back_to_log(self) -> None:
        self._parser.StartElementHandler = self._in_log
        self._parser.EndElementHandler = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = self._kinds.get(name)
        if kind is None:
            self._start_other(name)
            return
        key, value = attributes.get("key"), attributes.get("value", "")
        if key is None:
            self._refuse(f"a <{kind}> has no key")
        if len(key) + len(value) > MAX_VALUE:
            self._refuse(f"{key[:80]!r} is longer than {MAX_VALUE:,} characters")
        if len(self._path) == MAX_DEPTH:
            self._refuse(_TOO_DEEP)
        self._path.append((key, kind, value, []))

    def _start_other(self, name: str) -> None:
        if name == self._event and len(self._path) == 1:
            self._event_line = self._parser.CurrentLineNumber
            self._path.append(("", "event", "", []))
        elif name == self._values and self._path[-1][1] in _HOLDERS:
            self._path.append(("", "values", "", self._path[-1][3]))
        else:
            self._refuse(f"a <{name.rpartition(' ')[2]}> has no place here in an XES log")

    def _end(self, name: str) -> None:
        key, kind, value, inside = self._path.pop()
        if name in self._kinds:
            self._path[-1][3].append(Attribute(key, kind, value, tuple(inside)))
        elif name == self._event:
            self._events.append(Event(tuple(inside), self._event_line))
        elif name == self._trace:
            self._finished.append(Trace(tuple(inside), tuple(self._events), self._trace_line))
            self._events.clear()
            self._back_to_log()

    def _refuse(self, problem: str, cause: Exception | None = None) -> NoReturn:
        found = self._path[0][3] if self._path else []
        case = next((each.value for each in found if each.key == "concept:name"), None)
        raise XesError(problem, line=self._parser.CurrentLineNumber, case=case) from cause
