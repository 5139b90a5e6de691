"""Texts for property tests: any characters at all, and lines of words as people type them."""

from __future__ import annotations

from hypothesis import strategies as st

ANY = st.text(st.characters(), max_size=200)
_WORDS = """
bố mẹ em con bo me danh đánh dah k ko hông hổng mún sống tía má mạ u bọ dượng o mô tê răng rứa ri ni chừ chi tui tau mi
nỏ la bị mắng ăn hiếp hội nhậu xỉn say đi vô dụng cầu nhà chả lụa vì vậy bodanhem sợlắm cuuemvoi ddanhs d9a1nh mười muoi
mươi một mốt hai ba bốn tư năm lăm sáu bảy tám chín không trăm linh lẻ tuổi tuoi tủi lớp lop 12t 7h30 0912345678 113 1
+84 đ.á.n.h đáaaanh facebook video :v 😭 chết hè tụi nó thầy thế nào bây nạt bắt đe ông già ghẻ hoài ảnh hình
"""
LINES = st.lists(st.sampled_from(_WORDS.split()), max_size=25).map(" ".join)
TYPED = ANY | LINES
