"""Links between our documents lead somewhere, and every decision has the same parts."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
OURS = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"docs", "requirements"}


def by_path(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_path)
def test_every_link_leads_somewhere(document):
    text = document.read_text()

    for target, _, heading in re.findall(r"\]\((?!https?:)([^)#]*)(#([^)]*))?\)", text):
        linked = (document.parent / target).resolve() if target else document
        assert linked.exists(), target
        assert not heading or heading in headings(linked), heading


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_path)
def test_every_file_that_is_named_is_there(document):
    for named in re.findall(r"`([a-z]+/[\w./-]*)`", document.read_text()):
        folder = named.partition("/")[0]
        # What running it makes, such as var/, is no part of what we hand over.
        ours = folder in OURS
        assert (ROOT / named).exists() or not ours, named


def test_decisions_are_numbered_without_gaps():
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=by_path)
def test_every_decision_says_context_decision_and_consequences(decision):
    title, _, status, *_ = decision.read_text().splitlines()

    assert title.startswith(f"# {int(decision.name[:4])}. ")
    assert status.startswith("Status: ")
    assert re.findall("^## (.*)$", decision.read_text(), re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
    ]


def headings(document):
    """The anchors of a document's headings, as they are made on the web."""
    titles = re.findall("^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
