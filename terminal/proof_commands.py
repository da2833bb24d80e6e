"""Commands that prove: the whole log to who runs it, one entry to anyone."""

from dataclasses import asdict
from pathlib import Path

import click

from terminal.answers import show, show_json
from terminal.commands import Command, Refused
from terminal.evidence_commands import evidence, verify_evidence
from terminal.options import json_option

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_NEW = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command(cls=Command)
@click.option("--log-only", is_flag=True, help="Leave out views, certificates and keys.")
@json_option
@click.pass_context
def verify(context: click.Context, log_only: bool, as_json: bool) -> None:
    """Check the whole log, every view and certificate.

    Everything is read as a stranger would; exits with 1 if anything is wrong.
    """
    from ledger.audit import audit
    from ledger.opening import all_views
    from terminal.findings import finding_lines
    from terminal.opening import begun_home, reading
    from terminal.progress import progress

    home = begun_home(context.obj)
    with reading(context.obj, caught_up=False) as (ledger, _), progress() as watch:
        views = () if log_only else all_views(ledger)
        certificates = None if log_only else home.certificates
        findings = audit(ledger, home.views, views, watch, certificates=certificates)
    show_json(asdict(findings)) if as_json else show(finding_lines(findings))
    context.exit(1 if findings.wrong else 0)


@click.command(cls=Command)
@click.argument("case")
@click.argument("version", type=click.IntRange(1))
@click.option("-o", "--output", type=_NEW, required=True, help="The file to write.")
@click.pass_obj
def bundle(folder: Path, case: str, version: int, output: Path) -> None:
    """Write what proves one entry of a case offline.

    CASE is a receipt, an id, or REGISTER/NUMBER for an imported one.
    """
    from terminal.opening import reading

    with reading(folder, caught_up="/" not in case) as (ledger, queries):
        _, entries = queries.replay_named(case)
        found = [entry.position for entry in entries if entry.version == version]
        if not found:
            raise Refused(f"the case has no version {version}")
        data = ledger.published.bundle(found[0])
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}") from error


@click.command("verify-bundle", cls=Command)
@click.argument("file", type=_FILE)
@click.option("--keys", type=_FILE, help="The log's COSE_KeySet, from elsewhere.")
@click.option("--witness", "witnesses", multiple=True, help="One that must have cosigned.")
@json_option
def verify_bundle(
    file: Path, keys: Path | None, witnesses: tuple[str, ...], as_json: bool
) -> None:
    """Check a bundle offline, and tell what it proves.

    Needs no home and no network; exits with 1, and the name of the check that
    failed. A witness is named by its C2SP verifier key, NAME+ID+KEY.
    """
    from cose import CoseError, decode_key_set
    from ledger.transparency import BundleRefused, LogKeys, NoteKey, TransparencyError
    from ledger.transparency import verify_bundle as verified
    from terminal import proven

    data = file.read_bytes()
    try:
        asked = [NoteKey.parse(each) for each in witnesses]
    except TransparencyError as error:
        message = f"no verifier key of a witness, NAME+ID+KEY: {error}"
        raise click.BadParameter(message, param_hint="--witness") from error
    found = verified(data, witnesses=asked)
    if keys is not None:
        # The key names no log: whoever trusts it trusts what it says it is a log of.
        try:
            records = decode_key_set(keys.read_bytes())
        except CoseError as error:
            raise Refused(f"{keys} is no COSE_KeySet: {error}") from error
        trusted = LogKeys(found.keys.origin, records)
        found = verified(data, trusted, asked)
    for each in asked:
        if each not in found.cosigned:
            raise BundleRefused("witness", f"{each.name} has not cosigned this head")
    show_json(proven.as_json(found)) if as_json else show(proven.as_text(found))


@click.command("accept-head", cls=Command)
@click.pass_obj
def accept_head(folder: Path) -> None:
    """Sign the log as it is, where its signed head was lost.

    The whole log is read first; refused where anything is wrong with it. That
    entries were cut off at its end cannot be seen: compare it with a head that
    others keep before you give this.
    """
    from contextlib import ExitStack, closing

    from ledger.audit_rows import Rows
    from ledger.log_keys import check_log_key
    from terminal.opening import begun_home, opening
    from terminal.progress import progress

    home = begun_home(folder)
    with ExitStack() as held:
        held.enter_context(home.writing())
        ledger = held.enter_context(closing(opening(home)()))
        watch = held.enter_context(progress())
        check_log_key(home, ledger)
        for found in Rows(ledger.recorder, ledger.codec, None).findings(watch, 1):
            raise Refused(f"position {found.position}: {found.problem}")
        ledger.published.accept()
    click.echo(f"the head over {ledger.head:,} entries was signed")


@click.command("check-code", cls=Command)
@click.argument("code")
@click.option("--keys", type=_FILE, required=True, help="The region's COSE_KeySet.")
@json_option
def check_code(code: str, keys: Path, as_json: bool) -> None:
    """Check a code on paper offline, and tell what it says.

    CODE is the text of the QR code, TB1:... Exits with 1 if it was not signed by a
    key of the set, and if it has expired. Whether it was revoked since only the
    region can tell.
    """
    from service.edge import now
    from terminal.paper import opened, paper_lines, paper_shown

    found, at = opened(code, keys.read_bytes(), now()), now()
    show_json(paper_shown(found, at)) if as_json else show(paper_lines(found, at))
    click.get_current_context().exit(0 if at < found.expires_at else 1)


@click.command("check-answer", cls=Command)
@click.argument("file", type=_FILE)
@click.option("--keys", type=_FILE, required=True, help="The region's COSE_KeySet.")
@click.option("--log-keys", type=_FILE, help="The log's COSE_KeySet, from elsewhere.")
@json_option
def check_answer(file: Path, keys: Path, log_keys: Path | None, as_json: bool) -> None:
    """Check offline what a region answered.

    Tells when a log took it. Needs no home and no network. Whether the region took
    its answer back since, only its status list tells.
    """
    from cose import CoseError
    from terminal.answered import answered, answered_lines

    log = None if log_keys is None else log_keys.read_bytes()
    try:
        found = answered(file.read_bytes(), keys.read_bytes(), log)
    except CoseError as error:
        raise Refused(f"no COSE_KeySet: {error}") from error
    show_json(found) if as_json else show(answered_lines(found))


COMMANDS = (
    verify,
    bundle,
    verify_bundle,
    evidence,
    verify_evidence,
    accept_head,
    check_code,
    check_answer,
)
