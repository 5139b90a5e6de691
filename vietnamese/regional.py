"""Words of the North, the Centre and the South, read as the word that everyone knows: "tía uýnh tui" is "bố đánh tôi".

A second reading, beside what was typed and never instead of it: where a word comes from says something too. Left out
are words whose other meaning is as common ("thầy", "nội", "bổ", "đập"). Source: the reference on vocabulary,
section 7, and native knowledge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vietnamese.text import fold, fold_word

EXACT = "="
"""A phrase that begins so is only read with its diacritics: without them it is another, commoner word."""
CENTRAL = "~"
"""A phrase that begins so is only read where another word of the Centre stands in the text."""
_STANDARD = {
    "bố": "ba_em ba_con ba_mình ba_tui ba_tôi tía =bọ thầy_u ông_bô =cha",
    "mẹ": "=má =mạ u_em bầm_ơi bầm_em bu_em bà_bô",
    "bố mẹ": "ba_má ba_mẹ tía_má bọ_mạ thầy_bu cha_mẹ pama bame bme pme",
    "bố dượng": "ba_dượng cha_dượng bố_ghẻ cha_ghẻ dượng_ghẻ",
    "mẹ kế": "dì_ghẻ mẹ_ghẻ má_ghẻ má_hai",
    "tôi": "tui",
    "tao": "tau choa",
    "mày": "~mi",
    "chúng mày": "tụi_bay bọn_bay tụi_mày",
    "chúng nó": "tụi_nó bọn_nó tụi_hắn bọn_hắn",
    "ông ấy": "=ổng",
    "bà ấy": "=bả",
    "anh ấy": "=ảnh",
    "cô": "~o",
    "đâu": "~mô",
    "sao": "~răng",
    "sao thế": "răng_rứa",
    "thế": "=rứa =vậy vầy",
    "thế này": "~ri",
    "này": "~ni",
    "kia": "~tê",
    "đó": "=nớ",
    "gì": "~chi",
    "bây giờ": "bây_chừ bi_chừ =chừ",
    "không": "=nỏ =hổng =hông =chẳng =chả",
    "làm": "=mần",
    "nhìn": "=ngó =dòm",
    "thấy": "=chộ",
    "ngã": "=té",
    "bệnh": "=bịnh",
    "đánh": "=uýnh =oánh =quánh =quýnh =phang =nện =choảng",
    "bị đánh": "bị_đòn ăn_đòn no_đòn ăn_roi",
    "đánh nhau": "đánh_lộn uýnh_lộn đập_nhau choảng_nhau",
    "tát": "bạt_tai bợp_tai bộp_tai vả_mặt vả_miệng vả_vào vả_vô",
    "đấm": "=thụi =dộng =giộng",
    "mắng": "=rầy la_rầy rầy_la la_mắng =nạt",
    "bị mắng": "bị_la bị_rầy",
    "mắng em": "=la_em",
    "mắng con": "=la_con",
    "dọa": "=hăm hăm_dọa =hù",
    "sờ": "=rờ",
    "hôn": "hun",
    "xấu hổ": "mắc_cỡ mắc_cở quê_quá bị_quê mất_mặt",
    "uống rượu": "nhậu đi_nhậu ăn_nhậu nhậu_nhẹt",
    "say rượu": "=xỉn say_xỉn nhậu_say nhậu_xỉn",
    "bắt nạt": "ăn_hiếp hiếp_đáp ức_hiếp bully",
    "trêu": "=ghẹo chọc_ghẹo chòng_ghẹo =chọc",
    "mách": "=méc",
    "trốn học": "cúp_học cúp_tiết bùng_học bùng_tiết",
    "ngất": "=xỉu ngất_xỉu",
    "dây lưng": "dây_nịt thắt_lưng",
    "chăn": "=mền",
    "nhà vệ sinh": "nhà_cầu cầu_tiêu nhà_xí toilet",
    "thuê": "=mướn",
    "gầy": "ốm_nhom ốm_tong",
    "giúp": "=giùm =dùm",
    "vào": "=vô =zô",
    "về": "=dìa",
    "thật": "=thiệt",
    "nhé": "=nghen =nhen =nha",
    "mãi": "=hoài =miết",
    "trẻ con": "con_nít",
    "con bé": "con_nhỏ",
    "thằng bé": "thằng_nhỏ",
}
"""The word that everyone knows, and those that mean it here or there."""
_AS_THEY_ARE = (
    "đánh_răng chải_răng nhổ_răng đau_răng hàm_răng sâu_răng kem_đánh_răng răng_sữa răng_hàm răng_khôn răng_cửa "
    "gãy_răng hai_má gò_má đôi_má cái_má má_hồng thơm_má giò_chả chả_lụa chả_cá chả_giò bún_chả cha_xứ ông_cha vì_vậy "
    "vậy_là vô_dụng vô_lý vô_tình vô_cùng vô_ơn vô_tâm vô_số vô_hại vô_hình vô_gia_cư vô_duyên mô_hình quy_mô mô_tả "
    "thiệt_hại thiệt_thòi hoài_nghi hoài_niệm hình_ảnh luống_quýnh bắt_nạt đe_nạt"
)
"""Phrases in which these words are no regional ones."""
_CENTRE = frozenset(
    ("răng", "rứa", "mô", "tê", "ri", "ni", "nớ", "chừ", "tau", "choa", "mần", "nỏ", "mạ", "hè", "hỉ")
)


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    folded: tuple[str, ...]
    plain: tuple[str, ...]
    exact: bool
    central: bool

    def at(self, typed: Sequence[str], place: int, of_the_centre: int) -> bool:
        here = tuple(typed[place : place + len(self.words)])
        if self.central and of_the_centre < 1 + (self.words[0] in _CENTRE):
            return False
        return here == self.words or (not self.exact and here == self.folded)


def standard(words: Sequence[str]) -> tuple[str, ...]:
    """Give the words with each regional one as the word that everyone knows; one word may become two."""
    of_the_centre = sum(word in _CENTRE for word in words)
    phrases = _phrases()
    read: list[str] = []
    place = 0
    while place < len(words):
        options = phrases.get(fold_word(words[place]), ())
        phrase = next((option for option in options if option.at(words, place, of_the_centre)), None)
        read.extend(phrase.plain if phrase else (words[place],))
        place += len(phrase.words) if phrase else 1
    return tuple(read)


@lru_cache(1)
def _phrases() -> Mapping[str, Sequence[_Phrase]]:
    """Give the phrases by their first word without diacritics, the longest first."""
    found: defaultdict[str, list[_Phrase]] = defaultdict(list)
    entries = [(plain, entry) for plain, entries in _STANDARD.items() for entry in entries.split()]
    entries += [(entry.replace("_", " "), entry) for entry in _AS_THEY_ARE.split()]
    for plain, entry in sorted(entries, key=lambda pair: -pair[1].count("_")):
        words = tuple(entry.lstrip(EXACT + CENTRAL).split("_"))
        folded = tuple(map(fold, words))
        exact, central = entry.startswith((EXACT, CENTRAL)), entry.startswith(CENTRAL)
        found[folded[0]].append(_Phrase(words, folded, tuple(plain.split()), exact, central))
    return found
