"""What a case's status is called, so that it is found by its name in each language."""

from collections.abc import Mapping

from ledger.case import Status

STATUS_WORDS: Mapping[Status, tuple[str, str, str]] = {
    Status.DRAFT: ("草稿", "草稿", "draft"),
    Status.RECEIVED: ("收件", "收件", "received"),
    Status.CORRECTION_REQUESTED: ("补正通知", "補正通知", "correction notice"),
    Status.NOT_REQUIRED: ("不受理", "不受理", "no licence required"),
    Status.REJECTED_AT_INTAKE: ("不予受理", "不予受理", "rejected at intake"),
    Status.ACCEPTED: ("受理", "受理", "accepted"),
    Status.ACCEPTED_WITH_TOLERANCE: (
        "容缺受理",
        "容缺受理",
        "accepted with deferred materials, tolerance",
    ),
    Status.UNDER_REVIEW: ("审查", "審查", "under review"),
    Status.GRANTED: ("准予", "批准", "granted"),
    Status.GRANTED_ON_COMMITMENT: (
        "告知承诺准予",
        "告知承諾批准",
        "granted on notified commitment",
    ),
    Status.REFUSED: ("不予许可", "不予批准", "refused"),
    Status.SERVED: ("送达", "送達", "served"),
    Status.CLOSED: ("办结", "辦結", "closed"),
    Status.WITHDRAWN: ("撤件", "撤回申請", "withdrawn"),
    Status.LAPSED: ("逾期失效", "逾期失效", "lapsed"),
}
"""In 简体, 繁體 and English, by the words of DOMAIN §6."""
