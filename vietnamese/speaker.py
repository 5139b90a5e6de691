"""Who is writing, and about whom, where the words leave no doubt. `None` is the normal answer.

Nothing is guessed from "em" or "con" alone: a mother calls herself "em", and speaks of "con" as a child does of itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from vietnamese.text import fold, views

CHILD, ADULT = "child", "adult"
OF_AGE = 18

_STARTS = r"(?:^|[.] |\b(?:dạ|thưa|vì|năm nay|tại|ủa|alo|ơi|chào|ạ) )"
"""Where a sentence can name its writer: "em lớp 7 …", but not "một em lớp 7 …"."""
_GROWN = (
    r"(?:mẹ|má|mạ|bố|ba|cha|tía|bà|ông|dì|chú|bác|cậu|mợ|thím|cô|bà nội|bà ngoại|ông nội|ông ngoại|mẹ kế|mẹ nuôi|"
    r"bố dượng|phụ huynh|người giám hộ|người lớn|giáo viên|cô giáo|thầy giáo|hiệu trưởng|bác sĩ|y tá|hàng xóm|"
    r"tổ trưởng|cán bộ|chủ trọ|nhân viên|điều dưỡng)"
)
_PARENT_SAYS = r"(?:năm nay|mới|được|đang|hiện|bị|học|hay|nó|cứ|không|dạo này|vừa|gần|tự|về)"
_GRADE = r"(?:lớp|lp) (?:[1-9]|1[0-2]|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)"

_ADULT_SAYS = (
    rf"{_STARTS}(?:tôi|em|mình|tui|chị|chúng tôi)(?: chính)? là (?:một )?{_GROWN}\b(?! (?:trưởng|phó)\b)",
    rf"\btôi là (?:một )?{_GROWN}\b",
    r"\bcon (?:gái|trai|dâu|út|lớn) (?:của )?(?:tôi|tui|mình|nhà em|nhà tôi|nhà mình)\b",
    rf"\bcháu (?:tôi|tui|nhà tôi|nhà mình|nhà tui) {_PARENT_SAYS}\b",
    rf"\bcon (?:tôi|tui|nhà em|nhà tôi|nhà mình|nhà tui) {_PARENT_SAYS}\b",
    r"\bcon em (?:năm nay |mới |được |gần |hơn )?\d{1,2} (?:tuổi|tháng)\b",
    r"\bcon em (?:năm nay |mới |đang )?(?:học )?(?:lớp|mầm non|mẫu giáo)\b",
    r"\b(?:bé|cháu) (?:gái |trai )?nhà (?:em|mình|tôi|tui)\b",
    r"\bchồng (?:của )?(?:tôi|em|mình|tui|cũ)\b",
    r"\b(?:học sinh|học trò) (?:của )?(?:tôi|mình)\b",
    r"\b(?:tôi|mình|tui) (?:đang )?(?:dạy|chủ nhiệm) (?:lớp|môn|mầm non|cấp|tiểu học)\b",
    r"\blớp (?:tôi|mình) (?:dạy|chủ nhiệm)\b",
    r"\bcháu (?:nội|ngoại) (?:của )?(?:tôi|tui|bà|ông)\b",
    r"\b(?:tôi|em|mình|tui) có (?:một |1 )?(?:con|bé) (?:gái |trai )?\d{1,2} tuổi\b",
)
_ADULT_SAYS_WITH_MARKS = (
    r"\bvợ (?:của )?(?:tôi|em|mình|tui|cũ)\b",
    rf"\bcon mình {_PARENT_SAYS}\b",
    r"\bcon (?:gái|trai) (?:của )?em\b",
)
_YOUNG = r"(?:em|mình|tớ|tui|e|mk|t|tau|tao)"
_NOT_ANOTHERS = r"(?! (?:nhà|của|mà|viết|kể|nói|xin|hay|bị))"
_CHILD_SAYS = (
    rf"{_STARTS}{_YOUNG} (?:đang |mới |năm nay |hiện |sắp |chỉ )*(?:học |lên |là )?(?:hs )?{_GRADE}\b{_NOT_ANOTHERS}",
    rf"\b(?:dạ|thưa \w+|ơi) (?:con|cháu|em) (?:đang |mới |năm nay )*(?:học )?{_GRADE}\b",
    r"\b(?:em|con|cháu|tớ|tui|e) (?:vẫn |còn )?là (?:học sinh|trẻ em|con nít|hs)\b",
    rf"{_STARTS}(?:em|cháu|mình|tớ|e|mk) (?:đang )?học cấp (?:1|2|3|hai|ba)\b",
)
_PARENTS = r"(?:bố|ba|cha|mẹ|má|tía|mạ|bố mẹ|ba mẹ|ba má|cha mẹ|dượng|bố dượng|mẹ kế|dì ghẻ|(?:ông|bà) (?:ngoại|nội))"
_HARMS = r"(?:đánh|chửi|mắng|la|bắt|cấm|nhốt|tát|đuổi|dọa|không cho|uống rượu|nhậu|cãi nhau)"
_CHILD_SAYS_WITH_MARKS = (
    rf"\b{_PARENTS} em (?!học sinh)(?:\w+ ){{0,3}}?{_HARMS}\b",
    r"(?<!bé )(?<!sinh )\b(?:lớp|trường) em (?:có|hay|bị|ai|mấy|các|toàn|tụi|bạn)\b",
    r"\b(?:bạn|mấy bạn|các bạn|mấy đứa|tụi nó|bọn nó) (?:cùng )?(?:trong |ở )?lớp em\b",
    r"\b(?:cô|thầy) (?:chủ nhiệm|giáo|dạy \w+) (?:của )?em (?!là|dạy)\b",
)
_GROWN_UP_TALK = r"\b(?:tôi|kính gửi|kính nhờ|em ấy|em đó|học trò|chồng|con em|vợ)\b"
_AGES = rf"{_STARTS}{_YOUNG} (?:năm nay |mới |được |gần |sắp |vừa |chỉ |còn |đã )*(\d{{1,2}}) ?(?:tuổi|t)\b"

_FRIEND = (
    r"^(?:.{0,30}\b)?(?:(?:đứa|nhỏ|thằng|con|người) )?bạn (?:thân |cùng lớp |cùng bàn |cùng trường |học |nữ |nam )?"
    r"(?:của )?(?:em|con|mình|tớ|tui|cháu|tôi|t|e|mk) (?:\w+ ){0,5}?"
    r"(?:bị|muốn chết|không muốn sống|đòi chết|rạch tay|tự làm đau|bỏ nhà|nhịn ăn)\b"
)
_BUDDY = r"(?:đứa|nhỏ|thằng|con) bạn (?:thân|cùng lớp|cùng bàn)"
_FRIENDS = (
    _FRIEND,
    rf"^(?:.{{0,20}}\b)?{_BUDDY} (?:\w+ ){{0,5}}?(?:bị|muốn chết|không muốn sống|rạch tay|bỏ nhà)\b",
)
_ONESELF = (
    r"(?<!bạn )(?<!lớp )(?<!thân )(?<!bàn )(?<!trường )(?<!của )\b(?:em|con|mình|tớ|tui|cháu|tôi|e|mk) "
    r"(?:cũng |đang |hay |vừa |mới |toàn |luôn |thường |lại )*(?:bị|muốn chết|không muốn sống)\b"
)
_BREAKS = re.compile(r"[^\w\s]+|\n+")


def _either(patterns: Sequence[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    whole = "|".join(patterns)
    return re.compile(whole), re.compile(fold(whole))


_ADULT = (re.compile("|".join(_ADULT_SAYS + _ADULT_SAYS_WITH_MARKS)), _either(_ADULT_SAYS)[1])
_CHILD = (re.compile("|".join(_CHILD_SAYS + _CHILD_SAYS_WITH_MARKS)), _either(_CHILD_SAYS)[1])
_AGE, _NOT_CHILD = _either([_AGES]), _either([_GROWN_UP_TALK])
_TELLS_FRIEND, _TELLS_SELF = _either(_FRIENDS), _either([_ONESELF])


def audience(text: str) -> str | None:
    """Give "child" or "adult" where the writer says so; nothing where it is not said, or both are."""
    plain, place = _plain(text)
    adult = bool(_ADULT[place].search(plain))
    young = any(int(match.group(1)) < OF_AGE for match in _AGE[place].finditer(plain))
    child = (young or bool(_CHILD[place].search(plain))) and not _NOT_CHILD[place].search(plain)
    if adult == child:
        return None
    return ADULT if adult else CHILD


def tells_of_a_friend(text: str) -> bool:
    """Tell whether somebody writes about what happens to a friend, and not to themselves."""
    plain, place = _plain(text)
    return bool(_TELLS_FRIEND[place].search(plain)) and not _TELLS_SELF[place].search(plain)


def _plain(text: str) -> tuple[str, int]:
    """Give the text with its breaks as dots, and which of two patterns reads it: 1 where no diacritics were typed."""
    seen = views(_BREAKS.sub(" . ", text))
    return (seen.unified, 0) if seen.has_diacritics else (seen.folded, 1)
