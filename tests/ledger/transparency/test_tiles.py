"""Tiles: their paths as the specification writes them, their growth, and proofs from them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.transparency import (
    ENTRIES,
    ProofRefused,
    Tile,
    TileNodes,
    TileRefused,
    consistency_path,
    decode_entries,
    encode_entries,
    grown,
    inclusion_path,
    root_at,
    tiles_between,
)
from tests.ledger.transparency.trees import LEAVES, NaiveNodes, TileStore, root

NAIVE = NaiveNodes()
BUNDLES = st.lists(st.binary(max_size=300), max_size=20)
SIZES = st.lists(st.integers(0, 600), min_size=2, max_size=2).map(sorted)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 67), "tile/0/067"),
        (Tile(0, 1067), "tile/0/x001/067"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 1000000), "tile/1/x001/x000/000"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
        (Tile(63, 0, 255), "tile/63/000.p/255"),
        (Tile(ENTRIES, 1067, 3), "tile/entries/x001/067.p/3"),
    ],
)
def test_a_tile_has_one_path(tile, path):
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/0/0",
        "tile/0/67",
        "tile/0/0067",
        "tile/0/1067",
        "tile/0/001/067",
        "tile/0/x000/067",
        "tile/0/x001",
        "tile/0/x001/x067",
        "tile/00/067",
        "tile/64/067",
        "tile/-1/067",
        "tile/1.5/067",
        "tile/data/067",
        "tile/0/067.p/0",
        "tile/0/067.p/256",
        "tile/0/067.p/01",
        "tile/0/067.p/",
        "tile/0/067.p",
        "tile/0/067/",
        "/tile/0/067",
        "tile/0/067\n",
        "tile/0/../067",
        "tile/0/٠٦٧",
        "tile/0/" + "x001/" * 7 + "067",
    ],
)
def test_another_path_is_no_tiles(path):
    with pytest.raises(TileRefused):
        Tile.parse(path)


def test_the_tiles_of_the_specifications_example():
    tiles = list(tiles_between(0, 70_000))

    assert [tile.index for tile in tiles if tile.level == 0] == list(range(274))
    assert tiles[273:] == [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert all(tile.width == 256 for tile in tiles[:273])
    assert list(tiles_between(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        (0, 0, []),
        (7, 7, []),
        (0, 1, ["tile/0/000.p/1"]),
        (1, 2, ["tile/0/000.p/2"]),
        (255, 256, ["tile/0/000", "tile/1/000.p/1"]),
        (256, 257, ["tile/0/001.p/1"]),
        (300, 600, ["tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"]),
        (65_535, 65_536, ["tile/0/255", "tile/1/000", "tile/2/000.p/1"]),
    ],
)
def test_growing_changes_only_the_right_edge(old, new, paths):
    assert [tile.path for tile in tiles_between(old, new)] == paths


@given(SIZES)
def test_what_has_grown_is_what_the_definition_says(sizes):
    old, new = sizes
    store = TileStore().grow(0, old)

    tiles = dict(grown(old, LEAVES[old:new], store))

    assert list(tiles) == list(tiles_between(old, new))
    for tile, hashes in tiles.items():
        places = range(tile.index * 256, tile.index * 256 + tile.width)
        assert hashes == b"".join(NAIVE.node(8 * tile.level, place) for place in places)


@given(SIZES)
def test_growing_reads_one_partial_tile_a_level_at_most(sizes):
    old, new = sizes
    store = TileStore().grow(0, old)

    list(grown(old, LEAVES[old:new], store))

    assert len({level for level, _, _ in store.read}) == len(store.read)
    assert all(width < 256 for _, _, width in store.read)


@given(SIZES.filter(lambda sizes: sizes[0] > 0), st.data())
def test_proofs_from_tiles_are_those_of_the_definition(sizes, data):
    old, size = sizes
    index = data.draw(st.integers(0, size - 1))
    nodes = TileNodes(size, TileStore().grow(0, old).grow(old, size))

    assert root_at(size, nodes) == root(0, size)
    assert inclusion_path(index, size, nodes) == inclusion_path(index, size, NAIVE)
    assert consistency_path(old, size, nodes) == consistency_path(old, size, NAIVE)


@given(st.integers(1, 2**40), st.data())
def test_an_inclusion_proof_reads_two_tiles_a_level_at_most_and_none_twice(size, data):
    index = data.draw(st.integers(0, size - 1))
    read: list[Tile] = []

    inclusion_path(index, size, TileNodes(size, _blank(read)))

    assert len(set(read)) == len(read)
    assert all([tile.level for tile in read].count(level) <= 2 for level in range(6))
    assert set(read) <= {
        Tile(tile.level, tile.index, min(256, (size >> 8 * tile.level) - 256 * tile.index))
        for tile in read
    }


def _blank(read):
    def reader(level, index, width):
        read.append(Tile(level, index, width))
        return bytes(32 * width)

    return reader


@pytest.mark.parametrize("bent", [b"", bytes(31), bytes(32 * 299)])
def test_a_tile_of_another_width_is_refused(bent):
    def reader(level, index, width):
        return bent

    with pytest.raises(TileRefused, match="width"):
        root_at(300, TileNodes(300, reader))
    with pytest.raises(TileRefused, match="width"):
        list(grown(300, LEAVES[300:301], reader))


@pytest.mark.parametrize(("level", "index"), [(0, 300), (1, 150), (8, 1), (9, 0), (0, -1)])
def test_a_subtree_that_is_not_complete_is_no_node(level, index):
    nodes = TileNodes(300, TileStore().grow(0, 300))

    with pytest.raises(ProofRefused):
        nodes.node(level, index)


def test_golden_bytes_of_an_entry_bundle():
    entries = [b"\x80", b"", b"abc"]

    bundle = encode_entries(entries)

    assert bundle.hex() == "0001" + "80" + "0000" + "0003" + "616263"
    assert decode_entries(bundle, 3) == entries


@given(BUNDLES)
def test_an_entry_bundle_gives_its_entries_back(entries):
    assert decode_entries(encode_entries(entries), len(entries)) == entries


@given(BUNDLES, st.integers(0, 25))
def test_a_bundle_of_another_number_of_entries_is_refused(entries, number):
    assume(number != len(entries))

    with pytest.raises(TileRefused):
        decode_entries(encode_entries(entries), number)


@given(BUNDLES, st.binary(min_size=1, max_size=3))
def test_a_bundle_with_more_behind_it_is_refused(entries, rest):
    with pytest.raises(TileRefused):
        decode_entries(encode_entries(entries) + rest, len(entries))


def test_an_entry_longer_than_a_bundle_can_state_is_refused():
    longest = bytes(65_535)

    assert decode_entries(encode_entries([longest]), 1) == [longest]
    with pytest.raises(TileRefused):
        encode_entries([longest + b"\0"])


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_an_entry_bundle_cut_short_is_refused(cut):
    with pytest.raises(TileRefused):
        decode_entries(encode_entries([b"ab", b"cd"])[:-cut], 2)
