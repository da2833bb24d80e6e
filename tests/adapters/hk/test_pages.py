"""The simulator's pages, for those who cannot see them or read only one language."""

from html.parser import HTMLParser

import pytest

from identity.model import Document, Scope

COMMITMENT = Document(digest=bytes(range(32)), name="Commitment 承諾書")
WITHOUT_END = {"meta", "input", "br"}


class Outline(HTMLParser):
    """What a screen reader would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[str] = []
        self.unlabelled: list[str] = []
        self.fetched: list[str] = []
        self.said: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.seen.append(tag)
        if tag in ("input", "select") and "label" not in [name for name, _ in self.open]:
            self.unlabelled.append(tag)
        self.fetched += [
            attributes[name] or "" for name in ("src", "href") if name in attributes
        ]
        if tag not in WITHOUT_END:
            self.open.append((tag, attributes))

    def handle_endtag(self, tag):
        name, _ = self.open.pop()
        assert name == tag, f"<{name}> is closed by </{tag}>"

    def handle_data(self, data):
        inside = [name for name, _ in self.open]
        if data.strip() and not {"style", "title", "code", "option"} & set(inside):
            language = [a["lang"] for _, a in self.open if "lang" in a][-1]
            self.said.append((language or "", data))


@pytest.fixture(params=["sign in", "face", "sign", "done", "refused", "switches"])
async def outline(request, world):
    page = world.provider.page(state="s", language="en")
    data = None
    match request.param:
        case "face":
            page = await world.second_page(Scope.STEP_UP)
        case "sign":
            page = await world.second_page(Scope.SIGNING, COMMITMENT)
        case "done":
            page, data = await world.second_page(Scope.STEP_UP), {"decision": "approve"}
        case "refused":
            page = page.replace("clientID=", "clientID=another")
        case "switches":
            page = f"{world.settings.base_url}/simulator"
    method = "GET" if data is None else "POST"
    async with world.session.request(method, page, data=data) as response:
        return Outline(await response.text())


async def test_a_page_is_whole_and_says_what_it_is(outline):
    assert outline.open == []
    assert outline.seen.count("h1") == outline.seen.count("main") == 1
    assert any("SIMULATOR" in words for _, words in outline.said)


async def test_whatever_is_to_be_filled_has_a_label(outline):
    assert outline.unlabelled == []


async def test_nothing_is_fetched_from_anywhere(outline):
    assert set(outline.fetched) == {"/simulator"}


async def test_each_language_is_marked_as_what_it_is(outline):
    english = [words for language, words in outline.said if language == "en"]
    chinese = [words for language, words in outline.said if language == "zh-HK"]

    assert not any("\u4e00" <= letter <= "\u9fff" for words in english for letter in words)
    assert all(
        any("\u4e00" <= c <= "\u9fff" for c in words) or len(words) < 4 for words in chinese
    )
