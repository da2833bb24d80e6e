"""What stands in a package for whoever opens it, in three languages."""

from typing import Final

_MEMBERS = """
  entries/      {entries}
  keys/         {keys}
  checkpoint.txt  {checkpoint}
  answers/      {answers}
  materials/    {materials}
  manifest.cose {manifest}
"""

README: Final = {
    "en": """This is the evidence of one case of government, as a public log holds it.

Check it, offline, with:  tongban verify-evidence FILE
"""
    + _MEMBERS.format(
        entries="each entry of the case as it is stored, and its receipt (RFC 9942)",
        keys="the log's keys, and the region's signed key sets as the log has them",
        checkpoint="the signed head of the log that all receipts are of",
        answers="what another region answered about the applicant, if so",
        materials="what was handed in, where that may be seen",
        manifest="size and SHA-256 of every member, signed by the region",
    )
    + """
Proven is that the log held these entries unaltered. That there was no later one is what
the region says. What is personal in an entry is encrypted.
""",
    "zh-Hans": """这是一宗政务办件的证据包，内容与公开日志所载一致。

离线核验：  tongban verify-evidence 文件
"""
    + _MEMBERS.format(
        entries="办件的每条记录（原样字节）及其回执（RFC 9942）",
        keys="日志的公钥，以及日志所载本地区签名的公钥集",
        checkpoint="全部回执所对应的日志签名头",
        answers="协同地区对申请人身份的答复（如有）",
        materials="提交的材料（在允许查看的范围内）",
        manifest="每个文件的大小与 SHA-256，由本地区签名",
    )
    + """
可证明：日志载有这些记录且未被改动。此后没有其他记录，仅为本地区的声明。
记录中的个人信息已加密。
""",
    "zh-Hant": """這是一宗政務個案的證據包，內容與公開日誌所載一致。

離線核驗：  tongban verify-evidence 檔案
"""
    + _MEMBERS.format(
        entries="個案的每項記錄（原樣位元組）及其回執（RFC 9942）",
        keys="日誌的公鑰，以及日誌所載本地區簽署的公鑰集",
        checkpoint="全部回執所對應的日誌簽署頭",
        answers="協同地區對申請人身分的答覆（如有）",
        materials="提交的材料（在容許查看的範圍內）",
        manifest="每個檔案的大小與 SHA-256，由本地區簽署",
    )
    + """
可證明：日誌載有這些記錄且未被改動。其後沒有其他記錄，僅為本地區的聲明。
記錄中的個人資料已加密。
""",
}
"""By language."""
