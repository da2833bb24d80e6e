"""`docs/operations.md` lists every setting and every file of a home, and no other."""

import re
from pathlib import Path

from server import create_app
from service.sections import KEYS
from service.settings import Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text()

MADE_LATER = {
    "notices.sqlite",
    "orders",
    "certificates",
    "cosigned",
    "partners",
    "simulators",
    "tongban.toml",
}


def test_every_setting_is_listed():
    named = {key.variable for key in KEYS} | {"TONGBAN_HOME", "TONGBAN_CONFIG"}

    assert named == set(re.findall(r"TONGBAN_[A-Z_]+", TEXT))


async def test_every_file_of_a_home_is_listed(tmp_path, aiohttp_client):
    await aiohttp_client(create_app(Settings(home=tmp_path)))

    listed = set(re.findall(r"^\| `([a-z.]+)/?` \|", TEXT, re.MULTILINE))
    assert files_of(tmp_path) == listed - MADE_LATER
    assert files_of(tmp_path / "keys") == set(re.findall(r"`keys/([a-z.-]+)`", TEXT))


def files_of(folder):
    """The names in `folder`, without what is beside a database or being written."""
    names = {path.name for path in folder.iterdir()}
    return {each for each in names if not each.endswith(("-wal", "-shm", ".part"))}
