"""The simulator's residents: made up, all of them.

Their numbers only satisfy the check character; nobody's account is behind them.
"""

import hashlib
from dataclasses import dataclass

from adapters.hk.contents import ChineseName, Content, EnglishName, FormFields, IdNo


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Someone to be on the simulator's page."""

    key: str
    identification: str
    check_digit: str
    name_en: str
    name_zh: str
    birth_date: str
    gender: str
    user_type: str

    @property
    def number(self) -> str:
        """Return the number as it stands on the card."""
        return f"{self.identification}({self.check_digit})"

    def open_id(self, client_id: str) -> str:
        """Return the name one client knows this resident by; each client has another."""
        seed = f"iAM Smart simulator\0{client_id}\0{self.key}"
        return hashlib.sha256(seed.encode()).hexdigest()[:32]

    def profile(
        self, fields: tuple[str, ...], *, transaction: str, form: FormFields | None = None
    ) -> Content:
        """Return those of the named fields that a profile has, and a form if one is given."""
        id_no = IdNo(identification=self.identification, check_digit=self.check_digit)
        return Content(
            business_id=transaction,
            state=transaction,
            id_no=id_no if "idNo" in fields else None,
            en_name=EnglishName(unstructured_name=self.name_en) if "enName" in fields else None,
            ch_name=ChineseName(chinese_name=self.name_zh) if "chName" in fields else None,
            birth_date=self.birth_date if "birthDate" in fields else None,
            gender=self.gender if "gender" in fields else None,
            eme_fields=form,
        )

    def form(self, fields: tuple[str, ...]) -> FormFields:
        """Return those of the named fields that this resident keeps for filling forms."""
        address = f"Flat {self.check_digit}, 1 Simulator Street, Nowhere, Hong Kong"
        known = {
            "mobileNumber": "5555 0100",
            "emailAddress": f"{self.key}@simulator.example",
            "residentialAddress": address,
            "postalAddress": address,
        }
        kept = [known.get(name) if name in fields else None for name in known]
        return FormFields(
            mobile_number=kept[0],
            email_address=kept[1],
            residential_address=kept[2],
            postal_address=kept[3],
        )


RESIDENTS = {
    resident.key: resident
    for resident in (
        Resident(
            key="chan",
            identification="A123456",
            check_digit="3",
            name_en="CHAN, Sample",
            name_zh="陳樣本",
            birth_date="19800101",
            gender="F",
            user_type="simulated-plus",
        ),
        Resident(
            key="wong",
            identification="G123456",
            check_digit="A",
            name_en="WONG, Example",
            name_zh="黃例子",
            birth_date="19751231",
            gender="M",
            user_type="simulated",
        ),
        Resident(
            key="lee",
            identification="L555555",
            check_digit="0",
            name_en="LEE, Makebelieve",
            name_zh="李虛構",
            birth_date="20000229",
            gender="F",
            user_type="simulated",
        ),
        Resident(
            key="auyeung",
            identification="AB987654",
            check_digit="3",
            name_en="AU YEUNG, Imaginary",
            name_zh="歐陽假設",
            birth_date="19661112",
            gender="M",
            user_type="simulated-plus",
        ),
    )
}
