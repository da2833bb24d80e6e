"""Whatever is changed on disk is found out: at once, or before the end is reached."""

import pytest

from ledger.errors import HomeUnusable, LogDamaged, MaterialNotFound
from ledger.stores import MaterialStore
from ledger.stores.sealed_file import FRAME
from tests.ledger.fakes import Dice, FakeSubjectKeys
from tests.ledger.stores.uploads import digest_of, pdf, sent

DESCRIPTION, HEADER, SEALED_FRAME = 66, 24, FRAME + 17
FIRST_FRAME = DESCRIPTION + HEADER
CONTENT = pdf(3 * FRAME + 100)
DIGEST = digest_of(CONTENT)


@pytest.fixture
async def store(tmp_path):
    store = MaterialStore(tmp_path, FakeSubjectKeys("subject-1"), Dice())
    await store.put("subject-1", sent(CONTENT), digest=DIGEST)
    return store


@pytest.fixture
def file(store, tmp_path):
    [file] = tmp_path.glob("*/*")
    return file


def _read(store):
    return b"".join(store.read("subject-1", DIGEST))


def _frames(stored):
    return [
        stored[start : start + SEALED_FRAME]
        for start in range(FIRST_FRAME, len(stored), SEALED_FRAME)
    ]


def test_a_sealed_file_is_laid_out_as_described(store, file):
    size = DESCRIPTION + HEADER + 3 * SEALED_FRAME + 100 + 17

    assert file.stat().st_size == size
    assert _read(store) == CONTENT


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(0, id="to nothing"),
        pytest.param(10, id="within the nonce"),
        pytest.param(DESCRIPTION - 1, id="within the description"),
        pytest.param(DESCRIPTION, id="after the description"),
        pytest.param(DESCRIPTION + 5, id="within the header"),
        pytest.param(FIRST_FRAME, id="before the first frame"),
        pytest.param(FIRST_FRAME + 1000, id="within a frame"),
        pytest.param(FIRST_FRAME + 3 * SEALED_FRAME, id="before the last frame"),
        pytest.param(FIRST_FRAME + 3 * SEALED_FRAME + 116, id="by one byte"),
    ],
)
def test_a_file_cut_short_is_damage(store, file, size):
    file.write_bytes(file.read_bytes()[:size])

    with pytest.raises(LogDamaged):
        _read(store)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(0, id="nonce"),
        pytest.param(30, id="description"),
        pytest.param(DESCRIPTION - 1, id="tag of the description"),
        pytest.param(DESCRIPTION, id="header"),
        pytest.param(FIRST_FRAME, id="tag of the first frame"),
        pytest.param(FIRST_FRAME + 1000, id="first frame"),
        pytest.param(FIRST_FRAME + SEALED_FRAME + 7, id="second frame"),
        pytest.param(FIRST_FRAME + 3 * SEALED_FRAME, id="mark of the last frame"),
        pytest.param(-1, id="last byte"),
    ],
)
def test_one_bit_changed_is_damage(store, file, place):
    stored = bytearray(file.read_bytes())
    stored[place] ^= 1
    file.write_bytes(stored)

    with pytest.raises(LogDamaged):
        _read(store)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param([1, 0, 2, 3], id="swapped"),
        pytest.param([0, 0, 1, 2, 3], id="repeated"),
        pytest.param([0, 2, 3], id="left out"),
        pytest.param([0, 1, 2], id="without the last"),
        pytest.param([3], id="only the last"),
        pytest.param([0, 1, 2, 3, 3], id="the last twice"),
        pytest.param([], id="none"),
    ],
)
def test_frames_in_another_order_are_damage(store, file, order):
    stored = file.read_bytes()
    frames = _frames(stored)
    file.write_bytes(stored[:FIRST_FRAME] + b"".join(frames[n] for n in order))

    with pytest.raises(LogDamaged):
        _read(store)


@pytest.mark.parametrize("size", [2 * FRAME, 2 * FRAME + 100])
async def test_something_after_the_last_frame_is_damage(store, file, tmp_path, size):
    file.unlink()
    given = pdf(size)
    await store.put("subject-1", sent(given), digest=digest_of(given))
    [file] = tmp_path.glob("*/*")

    file.write_bytes(file.read_bytes() + b"!")

    with pytest.raises(LogDamaged):
        b"".join(store.read("subject-1", digest_of(given)))


async def test_one_material_cannot_stand_in_for_another(store, file, tmp_path):
    other = pdf(seed=b"another")
    await store.put("subject-1", sent(other), digest=digest_of(other))
    [other_file] = [path for path in tmp_path.glob("*/*") if path != file]

    file.write_bytes(other_file.read_bytes())

    with pytest.raises(LogDamaged):
        store.describe("subject-1", DIGEST)


async def test_frames_of_another_upload_do_not_pass_with_this_one(store, file):
    before = file.read_bytes()
    await store.put("subject-1", sent(CONTENT), digest=DIGEST)
    after = file.read_bytes()

    file.write_bytes(after[:FIRST_FRAME] + before[FIRST_FRAME:])

    with pytest.raises(LogDamaged, match="frame"):
        _read(store)


def test_a_damaged_description_is_told_before_the_first_frame(store, file):
    file.write_bytes(bytes(DESCRIPTION) + file.read_bytes()[DESCRIPTION:])

    with pytest.raises(LogDamaged):
        store.read("subject-1", DIGEST)


def test_damage_names_the_file_and_not_the_digest(store, file):
    file.write_bytes(b"")

    with pytest.raises(LogDamaged) as told:
        store.describe("subject-1", DIGEST)

    assert file.name[:8] in str(told.value)
    assert DIGEST[:8] not in str(told.value)


async def test_a_damaged_material_is_mended_by_handing_it_in_again(store, file):
    file.write_bytes(b"")

    await store.put("subject-1", sent(CONTENT), digest=DIGEST)

    assert _read(store) == CONTENT


def test_a_file_removed_is_not_found(store, file):
    file.unlink()

    with pytest.raises(MaterialNotFound):
        _read(store)


def test_a_file_that_the_machine_cannot_read_is_not_called_damaged(store, file):
    file.unlink()
    file.mkdir()

    with pytest.raises(HomeUnusable, match="cannot be read"):
        _read(store)
