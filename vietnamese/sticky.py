"""Words typed without the spaces between them: "bodanhem" is "bo danh em".

Only a word that is no syllable itself is split, into syllables of which all are common in our own text; of several
ways, the one with the most common syllables. English looks different: its pieces would be shorter, or it ends in a
mute e.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import accumulate

from vietnamese.keyboard import is_syllable
from vietnamese.text import fold

LONGEST = 40
"""Letters of a word that is looked at."""
LONGEST_SYLLABLE = 6
SHORTEST = 5
MEAN = 2.3
"""Letters that the syllables must have on average: pieces of English words have fewer."""
COMMON = 400
"""Two syllables must be among so many to be taken for two words: chance makes many pairs of rare ones."""
_LETTERS = re.compile(r"[a-zà-ỹđ]+")
_FOREIGN = re.compile(r".*(?:[lstnrgckd]e|[ts]ion)")
_ONE_WORD = """
robot chatbot among bavet cantin dubai combo nokia romeo theme demon santo chibi delay matcha today malay maybe
random cache comma latin colon matin bacon guido conda canada remix tango bingo condom runtime timeout develop contain
metro conan daily nilon giovanni comeout vietnamien captain bitcoin doremon vitamin company tinder quality inherit
"""
"""What looks like two common syllables and is one word, or a name."""
_SYLLABLES = """
em con khong co toi no noi cho ma di la nha ba me roi ban thi bi bo lam bao hoi chi ve tui thay cua dau do voi
be tu nay nguoi minh moi chau trong anh ai dang may hoc ra gio hai duoc qua mot cung nao thang hay mat so dung
chu cai ca danh ong tuoi lop gi biet goi vo lai day dua an bat de doi nghe cuoi hom nam tay ho lan cu nho xe
muon nhan vi chua len chuyen ngoai het xin da phai ngay ke phong ngu nen cau sau truong dem vao tre thu gai sinh
sao cong khoc mo tren truoc chay thoi ngoi can cam van tam nghi nua vay muoi chong dong bang sang trai tien ben
to dien gui tieng duong the gia xuong luc choi lo dan nhu loi nuoc chan tai khi mua tuan nhau quan bai lay tra
ta dam xong nhung den vua han duoi tinh khoa ay oi bua thuong chung don tro vien dap theo bac tin mang mai bay
tim ao viet ten lon bon hang coi ghe giu mau dinh nhat giay ky phat va giao doc phu ly xa keo hon quen luon nhin
hieu cha kia tat that chet khoi tron san gap dao keu com thoai dai dat khac nhieu tuong xom nhom quay canh du
hinh kinh tho tap song om thuoc xem quy nuoi te uong cay chac luat he su neu vui toan bong than troi buon bot
bien cao cap kho cach gay on lanh giup ghi mac lau hoai them hop hoa sap hien binh chiu trung tao cat bam chieu
ha im rieng vet khach cuu tang ga lac tung rang thua thanh phan kieu lang nhot le cac tau giua sua giau go kiem
viec lien nang toc rua gan gian phim tiep lung yeu giong bung vai sai sach trang diem tram nhe hanh chui tru hat
doa lua phut thich xoa nhay boi doan tham nu vang giat long re sat chao dep tan mi ngan chup am meo cham trieu
se ruot si ni kem chia chat che tuc banh huynh vong dieu ngo quat nhac nhi gioi nau buoi thiet tran ru run ep
benh tiem que bep say nong vu ro mieng buoc ut ket chuc quyen xu luong chuong xiu suot pho giuong hen lap nga
khau mui xau tong mong met giai tranh khoe trua nat trinh kham dot sung mam khen thieu lao nham huong nit hua
phi khai nem quang tieu ne muc tha ngon truc thuc thue ti khan mien nhiem chinh nguyen giet rung mu dia duc hu
tac kien rot truyen lich yen gium tiet mung man thong non tuyen goc treo chin bieu pham it cuoc tot khu buong
gam kin tet deo nhanh hoang manh chon nhien pha rat deu ham chang vat ton lieu rach ruou phuong giam vung ray
phep coc kip thung cot tich cuc leo chai nop ghet mon phe gao xam gon rut bop tri heo khoan nhap ngat khuya bau
ki but ty nan chen toa sot soi chem luu my boc moc phap gat trom xep quanh dich ngai gach phuc bia nghiem ung
bui li nghia cui giang hiem bit trach thai gac rac lat net giac cang gion som kich son in thao quoc pin xo xanh
luoi hong nap gom lot nghien xang ram trau lu vit huan nghiep xua vach phien luan ngoan chot tom ruoc loa khe
chuan bun sep hut rong vuon nguoc huyen phia nghen mach chut dut cuon linh ranh rao treu xich uoc hoat ap uot
nhuc dui up thach buyt xung cuop rau nup luot khung muong vinh ran khap ruong xi ngheo sieu ngang tiec nien kim
gop gieng sac xay suc gianh hau bap chien chuoc phoi suong loai nhang xach vut nuong nin thuyet bup khuyen soan
mit ac hem bu thien thim ngot map ngua nuot thit chuot vot ny quyet thap nut khuc khoac tia gau ninh guong soc
quet hung thuy xuat khoang nghin mep phieu buc ghep noc truot luyen ua loan ruoi cup cuong suoi chich ganh chep
xai kenh nhet chiec xit oan na thoat thuyen liet nhoc veo ngam guc khao mec dim tray trum ngung kep xuc loc vac
choc rap xac suy ghen nghich thinh vuot ngap thon chap nguy xao hoac niem sen nui chuoi suon sanh thau bom hiep
xui rep nhua xoi kheo oc thiep hao khuyet men nguc ui nhai chim suyt tuyet khop hi nheo bin nai trao not ren
phao ron bich sa hue siet hot tum thet uy huu kieng hit thuat khoai cheo cop xuoc nac sut mia thoang thac rem
xot mem rom xoai luom seo thuan riet tach liem trat hoan quai lui dip bim cun vy kha nhuom got ven dom miet
khieng nhon nhich hoach ri duy uc xuyen xuan thoc phang khuat nep let cut um dac bet ngau tanh kiu thom viem
nguon xinh sim mun trien vuong beo reo sam teo suat rop tip troc mieu vuc dum leu huy ret khat top khien nguong
nhoi queo sui neo gang ot phuoc lech trich duyet lenh xet ngong xuoi huyet lim tua khoanh huc khet phuot tuot
kiet giuc khon lom ech bach tuy chanh via truy lum thot nghet phun luoc ngui von mom diec khich giut phot vap au
roc theu khang at nganh duyen nhiu soat xoay khanh mao trac chum loang hum thoa xiet xeng nhao xen phay tut xiec
xoc lem soa kiep ken tret nhuong rit lach ngop rinh hui chuom chun menh oai loet trut gheo thun pa gie hoe ich
hap hac toang mut diet gu meu toat ria khiem hy huyt diu xop thup ngac thia nhut nhip bieng pheo khieu sup
nghieng dit vun khuyu gong goa
"""
"""The thousand most common syllables of the training messages, without diacritics, the most common first."""


@lru_cache(8192)
def split(word: str) -> tuple[str, ...]:
    """Give the words that were typed as one, with their diacritics; the word alone where it is one."""
    bare = fold(word)
    if not SHORTEST <= len(word) <= LONGEST or len(bare) != len(word) or not _LETTERS.fullmatch(word):
        return (word,)
    if bare in _ONE_WORD.split() or is_syllable(bare):
        return (word,)
    pieces = _best(bare)
    if not _believable(pieces, bare):
        return (word,)
    ends = list(accumulate(map(len, pieces)))
    return tuple(word[start:end] for start, end in zip((0, *ends), ends, strict=False))


def _believable(pieces: tuple[str, ...], bare: str) -> bool:
    if len(pieces) < 2 or len(bare) < MEAN * len(pieces) or _FOREIGN.fullmatch(bare):
        return False
    return len(pieces) > 2 or all(_ranks()[piece] <= COMMON for piece in pieces)


def _best(bare: str) -> tuple[str, ...]:
    """Give the cheapest way to cut a word into syllables; nothing where there is none."""
    ways: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ())]
    for end in range(1, len(bare) + 1):
        options = [
            (way[0] + math.log(rank * math.log(len(_ranks()))), (*way[1], bare[start:end]))
            for start in range(max(0, end - LONGEST_SYLLABLE), end - 1)
            if (way := ways[start]) is not None and (rank := _ranks().get(bare[start:end]))
        ]
        ways.append(min(options, default=None))
    last = ways[-1]
    return last[1] if last is not None else ()


@lru_cache(1)
def _ranks() -> dict[str, int]:
    return {syllable: place for place, syllable in enumerate(_SYLLABLES.split(), 1)}
