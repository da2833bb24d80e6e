"""`tongban evidence` writes beside a running service what it gives over HTTP."""

from tests.commands import printed, refused
from tests.commands import told as shown
from tests.service.proving.packages import members
from tests.service.running import FORM
from tests.service.visitor import PDF


async def test_a_case_is_written_sealed_or_with_its_materials(service, tmp_path):
    applicant = await service.applicant()
    case_id = await service.apply(applicant, "application-form")
    # Whoever reads beside the service has the head that it signed last.
    assert (await service.anyone.get("/log/checkpoint")).status == 200
    home, sealed, opened = service.home.folder, tmp_path / "sealed", tmp_path / "opened"

    printed(home, "evidence", case_id, sealed)
    printed(home, "evidence", case_id, opened, "--materials")

    for file in (sealed, opened):
        found = shown(tmp_path / "nowhere", "verify-evidence", file)
        assert (found["case"], len(found["entries"])) == (case_id, 2)
        assert FORM["business_name"].encode() not in file.read_bytes()
    assert PDF not in members(sealed.read_bytes()).values()
    assert PDF in members(opened.read_bytes()).values()
    assert "no case" in refused(home, "evidence", "GD-none", tmp_path / "none")
    assert not (tmp_path / "none").exists()
