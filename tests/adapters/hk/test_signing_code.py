"""The digits beside a signature: for one document and one account, on both sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hk.signing_code import signing_code
from identity.model import Document, Scope

OF = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
COMMITMENT = Document(digest=b"c" * 32, name="A commitment")


@pytest.mark.parametrize(
    ("hash_code", "account", "digits"),
    [(OF, "account-1", "9247"), (OF, "account-2", "6258"), ("", "", "2090")],
)
def test_the_digits_are_as_they_always_were(hash_code, account, digits):
    assert signing_code(hash_code, account) == digits


@given(st.text(), st.text())
def test_there_are_always_four_digits(hash_code, account):
    code = signing_code(hash_code, account)

    assert len(code) == 4
    assert code.isdecimal()


async def test_who_signs_sees_the_same_digits_on_both_pages(world):
    grant = await world.provider.redeem(await world.code(scope=Scope.SIGNING))
    page = await world.provider.request(
        grant, Scope.SIGNING, transaction="case-1", document=COMMITMENT
    )

    digits = world.provider.digits(grant, COMMITMENT)

    async with world.session.get(page) as response:
        assert f"<code>{digits}</code>" in await response.text()


async def test_digits_that_are_not_the_apps_can_be_turned_off(world):
    grant = await world.provider.redeem(await world.code(scope=Scope.SIGNING))

    assert world.provider_with(signing_code=False).digits(grant, COMMITMENT) is None
