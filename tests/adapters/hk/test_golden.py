"""Each message as its very bytes: what is asked, what is answered, what is told."""

import pytest

from adapters.hk import wire
from adapters.hk.contents import ChineseName, Content, EnglishName, FormFields, IdNo
from adapters.hk.messages import (
    Begun,
    CodeForToken,
    FormRequest,
    ProfileRequest,
    Request,
    SigningAck,
    SigningRequest,
    StepUpRequest,
)
from adapters.hk.options import HashCode, Options
from adapters.hk.requests import PATHS, request_for
from identity.model import Assurance, Document, Grant, Scope
from tests.adapters.hk.answering import NOON
from tests.adapters.hk.conftest import changed

DIGEST = bytes(range(32))
IN_BASE64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
GRANT = Grant(
    account="account-1", access_token="token-1", granted_at=NOON, assurance=Assurance.REMOTE
)
HEAD = (
    b'{"businessID":"case-1","accessToken":"token-1","openID":"account-1",'
    b'"source":"PC_Browser","redirectURI":"http://127.0.0.1:9/profile","state":"case-1"'
)
ASKED = {
    Scope.PROFILE: b',"profileFields":["idNo","enName","chName","birthDate","gender"]}',
    Scope.FORM_FILLING: b',"formName":"Tongban","formNum":"TB-1",'
    b'"formDesc":"Tongban application","eMEFields":["mobileNumber","emailAddress",'
    b'"residentialAddress","postalAddress"],'
    b'"profileFields":["idNo","enName","chName","birthDate","gender"]}',
    Scope.STEP_UP: b"}",
    Scope.SIGNING: b',"hashCode":"' + IN_BASE64.encode() + b'","sigAlgo":"SHA256withRSA",'
    b'"department":"Tongban","serviceName":"Tongban","documentName":"Commitment"}',
}
KINDS: dict[Scope, type[Request]] = {
    Scope.PROFILE: ProfileRequest,
    Scope.FORM_FILLING: FormRequest,
    Scope.STEP_UP: StepUpRequest,
    Scope.SIGNING: SigningRequest,
}


def request(scope, settings, name="Commitment"):
    document = Document(digest=DIGEST, name=name)
    return request_for(scope, settings, GRANT, transaction="case-1", document=document)


@pytest.mark.parametrize("scope", Scope)
def test_a_request_is_these_very_bytes(settings, scope):
    message = request(scope, settings)

    assert wire.encode(message) == HEAD + ASKED[scope]
    assert wire.decode(HEAD + ASKED[scope], KINDS[scope]) == message


def test_requests_go_to_these_very_paths():
    assert set(PATHS.values()) == {
        "/account/auth/profile/initiateRequest",
        "/account/eme/initiateRequest",
        "/account/stepup/initiateRequest",
        "/account/signing/initiateRequest",
    }


def test_a_digest_may_be_written_in_hexadecimal(settings):
    settings = changed(settings, hash_code=HashCode.HEX)

    assert request(Scope.SIGNING, settings).hash_code == DIGEST.hex()


def test_a_name_longer_than_the_field_is_cut(settings):
    message = request(Scope.SIGNING, settings, name="承" * 300)

    assert wire.decode(wire.encode(message), SigningRequest).document_name == "承" * 200


@pytest.mark.parametrize(
    ("message", "written"),
    [
        (CodeForToken(code="c"), b'{"code":"c","grantType":"authorization_code"}'),
        (Begun(), b'{"authByQR":false,"ticketID":""}'),
        (Begun(auth_by_qr=True, ticket_id="t"), b'{"authByQR":true,"ticketID":"t"}'),
        (
            SigningAck(business_id="case-1", signing_result=Options().signing_result),
            b'{"businessID":"case-1","signingResult":"success"}',
        ),
        (Content(business_id="case-1"), b'{"businessID":"case-1"}'),
        (
            Content(business_id="case-1", state="case-1", is_passed="true"),
            b'{"businessID":"case-1","state":"case-1","isPassed":"true"}',
        ),
        (
            Content(business_id="case-1", hash_code=IN_BASE64, signature="AA==", cert="MA=="),
            b'{"businessID":"case-1","hashCode":"' + IN_BASE64.encode() + b'",'
            b'"signature":"AA==","cert":"MA=="}',
        ),
        (
            Content(
                business_id="case-1",
                id_no=IdNo(identification="A123456", check_digit="3"),
                en_name=EnglishName(unstructured_name="CHAN, Sample"),
                ch_name=ChineseName(chinese_name="陳樣本"),
                birth_date="19800101",
                gender="F",
                eme_fields=FormFields(mobile_number="5555 0100"),
            ),
            '{"businessID":"case-1","idNo":{"Identification":"A123456","CheckDigit":"3"},'
            '"enName":{"UnstructuredName":"CHAN, Sample"},"chName":{"ChineseName":"陳樣本"},'
            '"birthDate":"19800101","gender":"F",'
            '"eMEFields":{"mobileNumber":"5555 0100"}}'.encode(),
        ),
    ],
)
def test_a_message_is_these_very_bytes(message, written):
    assert wire.encode(message) == written
    assert wire.decode(written, type(message)) == message
