"""The page that says what this is, so that nobody takes it for a region.

It shows the residents in full: they are made up, and somebody has to type them.
"""

from html import escape

from adapters.panprd.register import RESIDENTS, Resident


def page(region: str) -> str:
    """Return the simulator's page for `region`."""
    rows = "".join(_row(each) for each in RESIDENTS if each.region == region)
    return _PAGE.format(region=escape(region), rows=rows or _NOBODY)


def _row(resident: Resident) -> str:
    cells = (
        resident.name_zh,
        resident.name_en,
        resident.number,
        resident.birth_date,
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


_NOBODY = "<tr><td colspan=4>Nobody, so every answer is no.</td></tr>"

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Simulator of partner region {region}</title>
<h1>This is a simulator of partner region {region}</h1>
<p>It speaks the verification protocol with keys of its own. No authority stands
behind it, and everyone it knows is made up:</p>
<table border="1" cellpadding="6">
<tr><th>Name</th><th>In Latin letters</th><th>Resident identity number</th><th>Born</th></tr>
{rows}
</table>
<p>Keys: <a href="/.well-known/cose-keys">/.well-known/cose-keys</a>.
Requests: <code>POST /verifications</code>.</p>
</html>
"""
