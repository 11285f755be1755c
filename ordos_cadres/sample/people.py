"""People of the sample city: invented names, posts with transfers, spells. No one here exists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, product

from cadres.enums import Front, Gender, PostClass, PostingKind, PostLevel, SpellKind
from cadres.services.cadres import CadreRow
from cadres.services.postings import PostingRow
from cadres.services.spells import SpellRow
from ordos_cadres.sample.draws import draws, pick
from ordos_cadres.sample.places import Place, compared_places, department_codes
from units.enums import UnitKind

DEFAULT_CADRES = 300
ROUNDS_A_BANNER = 3
STAFF = 11
FIRST_NUMBER = 15001
LAST_DAY = date(2026, 6, 30)
RELIEVED_ON = date(2025, 11, 14)
LONG_SECONDED, SHORT_SECONDED = 4, 8
"""Which of the people with a second post are seconded for longer than the others, and for less than half a quarter."""

# A surname that means "sample", and a word of the calendar.
SURNAMES = "样示拟例仿虚"
TERMS = (
    "立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑 立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至 "
    "小寒 大寒 朝露 晚霞 初晴 微雨 新月 满月 晨曦 暮云 春山 秋水 夏荷 冬青 东风 南风 长河 远山 青禾 金穗 白桦 红柳 "
    "沙枣 芨芨 柠条 胡杨"
)
STEPPE = (
    "额尔德木图 萨仁高娃 阿拉坦琪琪格 巴特尔 乌云其木格 苏日娜 宝力道 那仁花 格日勒图 斯琴 呼和 哈斯 "
    "额尔敦巴特尔 娜仁托娅 朝鲁 图雅 敖登 其其格 布和 孟根"
)
UNUSUAL = (
    "示ᠪᠠᠶᠠᠷ",  # Mongolian script behind a Chinese surname
    "ᠰᠠᠷᠠᠩᠭᠡᠷᠡᠯ",  # Mongolian script alone
    "ᠡᠷᠳᠡᠨᠢ ᠲᠦᠭᠯ᠎ᠠ",  # with a space and a vowel separator inside
    "样𠮷",  # beyond the BMP, as are the next three
    "虚𬭎",
    "拟𫖮之",
    "例𬀩",
    "仿龘",
    "示·额尔敦巴特尔宝音达赖乌力吉德力格尔孟和朝鲁",
    "例·阿拉腾图古日勒其其格玛",
    "单小满",  # surnames that are read otherwise than the character
    "曾霜降",
)


@dataclass(frozen=True)
class Person:
    """One invented person: the row to register, and the posts in their order."""

    row: CadreRow
    posts: tuple[PostingRow, ...]

    @property
    def number(self) -> str:
        """The employee number."""
        return self.row.employee_no

    @property
    def main(self) -> tuple[PostingRow, ...]:
        """The posts that are scored: main ones, and the service in a village."""
        scored = (PostingKind.MAIN, PostingKind.FIRST_SECRETARY)
        return tuple(post for post in self.posts if post.kind in scored)


@dataclass(frozen=True)
class _Seat:
    """A post to fill."""

    unit_code: str
    title: str
    post_class: PostClass
    level: PostLevel
    village: str = ""
    leaves_on: date | None = None
    follows: bool = False


def people(cadres: int) -> list[Person]:
    """The first ``cadres`` people: heads before deputies, so that a small city has its heads."""
    names = _names(cadres)
    filled = [_person(place, names[place], seat) for place, seat in zip(range(cadres), _seats(), strict=False)]
    return _with_history(filled)


def spell_rows(everybody: Sequence[Person]) -> list[SpellRow]:
    """Probation after an appointment, and absences of more than half a quarter."""
    source = draws("spells")
    deputies = [person for person in everybody if person.main[-1].post_class == PostClass.DEPUTY]
    chosen = pick(source, deputies, 14)
    rows = [
        SpellRow(person.number, SpellKind.PROBATION, date(2025, 9, 1), date(2026, 8, 31)) for person in chosen[0:14:3]
    ]
    absences = (
        (SpellKind.ILLNESS, date(2026, 4, 8), date(2026, 6, 12)),
        (SpellKind.MATERNITY, date(2026, 3, 2), date(2026, 7, 10)),
        (SpellKind.LEAVE, date(2025, 10, 9), date(2025, 12, 19)),
        (SpellKind.ILLNESS, date(2026, 1, 5), date(2026, 1, 23)),  # too short to leave anyone out
    )
    for person, (kind, starts_on, ends_on) in zip(chosen[1:14:3], absences, strict=False):
        rows.append(SpellRow(person.number, kind, starts_on, ends_on))
    return rows


def _names(cadres: int) -> list[str]:
    """Different names but for one pair: a name is no key, and the sample shows it."""
    source = draws("names")
    plain = [f"{surname}{term}" for surname, term in product(SURNAMES, TERMS.split())]
    source.shuffle(plain)
    steppe = [f"{surname}·{given}" for surname, given in zip(SURNAMES * 4, STEPPE.split(), strict=False)]
    plain = [*steppe, *plain]
    for number in count(2):
        if len(plain) >= cadres:
            break
        plain += [f"{surname}{term}{number}" for surname, term in product(SURNAMES, TERMS.split())]
    names = plain[:cadres]
    source.shuffle(names)
    for place, name in zip(range(7, cadres, 13), UNUSUAL, strict=False):
        names[place] = name
    if cadres > 201:
        names[201] = names[21]
    return names


def _seats() -> Iterator[_Seat]:
    """Seats without end: heads, first secretaries, staff, then round after round of deputies."""
    places = [place for place in compared_places() if place.kind != UnitKind.VILLAGE]
    for place in places:
        yield from _heads(place)
    yield from _first_secretaries()
    office = department_codes()["市委组织部"]
    for number in range(1, STAFF + 1):
        yield _Seat(office, f"示例科室{number}科员", PostClass.OTHER, PostLevel.STAFF)
    for turn in count():
        for place in places:
            yield from _deputies(place, turn)


def _heads(place: Place) -> Iterator[_Seat]:
    if place.kind == UnitKind.BANNER:
        short = place.name[-1]
        yield _Seat(place.code, f"{short}委书记", PostClass.HEAD, PostLevel.CHU_HEAD)
        yield _Seat(place.code, f"{short}委副书记、{short}长", PostClass.HEAD, PostLevel.CHU_HEAD)
    elif place.kind == UnitKind.CITY_DEPARTMENT:
        title = "主任" if place.name.endswith(("委员会", "办公室")) else "局长"
        yield _Seat(place.code, f"党组书记、{title}", PostClass.HEAD, PostLevel.CHU_HEAD)
    else:
        leader = "党工委书记" if place.kind == UnitKind.SUBDISTRICT else "党委书记"
        yield _Seat(place.code, leader, PostClass.HEAD, PostLevel.KE_HEAD)
        yield _Seat(place.code, f"{leader[:-2]}副书记、{_chief(place)}", PostClass.HEAD, PostLevel.KE_HEAD)


def _chief(place: Place) -> str:
    if place.kind == UnitKind.SUBDISTRICT:
        return "办事处主任"
    return "苏木达" if place.name.endswith("苏木") else f"{place.name[-1]}长"


_BANNER_DUTIES = (
    "常委、常务副{}长",
    "常委、组织部部长",
    "常委、宣传部部长",
    "副{}长（农牧）",
    "副{}长（工业）",
    "副{}长（城建）",
)
_OFFICE_DUTIES = ("党组成员、副{}", "副{}（业务）", "副{}（法治）")
_TOWN_DUTIES = ("党委委员、副{}", "副{}（项目）", "副{}（民生）")


def _deputies(place: Place, turn: int) -> Iterator[_Seat]:
    if place.kind == UnitKind.BANNER:
        short = place.name[-1]
        for number in range(ROUNDS_A_BANNER):
            duty = _BANNER_DUTIES[(turn * ROUNDS_A_BANNER + number) % len(_BANNER_DUTIES)]
            yield _Seat(place.code, duty.format(short), PostClass.DEPUTY, PostLevel.CHU_DEPUTY)
    elif place.kind == UnitKind.CITY_DEPARTMENT:
        title = "主任" if place.name.endswith(("委员会", "办公室")) else "局长"
        duty = _OFFICE_DUTIES[turn % len(_OFFICE_DUTIES)].format(title)
        yield _Seat(place.code, duty, PostClass.DEPUTY, PostLevel.CHU_DEPUTY)
    else:
        duty = _TOWN_DUTIES[turn % len(_TOWN_DUTIES)].format(_chief(place).removeprefix("办事处"))
        yield _Seat(place.code, duty, PostClass.DEPUTY, PostLevel.KE_DEPUTY)


def _first_secretaries() -> Iterator[_Seat]:
    """One a village, in the first village two, one after the other; their main post stays where they came from."""
    offices = [place for place in compared_places() if place.kind == UnitKind.CITY_DEPARTMENT]
    villages = [place for place in compared_places() if place.kind == UnitKind.VILLAGE]
    for number, village in enumerate(villages):
        for turn, leaves_on in enumerate((None,) if number else (RELIEVED_ON, None)):
            office = offices[(number * 2 + turn) * 5]
            yield _Seat(
                office.code, "业务科科长", PostClass.OTHER, PostLevel.KE_HEAD, village.code, leaves_on, turn > 0
            )


def _person(place: int, name: str, seat: _Seat) -> Person:
    number = f"{FIRST_NUMBER + place:06}"
    source = draws("person", number)
    row = CadreRow(
        employee_no=number,
        name=name,
        gender=source.choice((Gender.FEMALE, Gender.MALE)),
        born_on=date(source.randrange(1968, 1990), source.randrange(1, 13), 1),
        ethnicity="蒙古族" if "·" in name else "汉族",
        education=source.choice(("大学", "大学", "研究生", "大专")),
        is_party_member=True,
    )
    since = date(source.randrange(2019, 2024), source.randrange(1, 13), source.choice((1, 10, 16, 22)))
    posts = [PostingRow(number, seat.unit_code, seat.title, seat.post_class, seat.level, since)]
    if seat.village:
        began = RELIEVED_ON + timedelta(days=1) if seat.follows else date(2023, 7, 1)
        posts.append(
            PostingRow(
                number,
                seat.village,
                "驻村第一书记",
                PostClass.OTHER,
                seat.level,
                began,
                seat.leaves_on,
                PostingKind.FIRST_SECRETARY,
            )
        )
    return Person(row, tuple(posts))


def _with_history(everybody: list[Person]) -> list[Person]:
    """Give some a transfer inside a period, some a first post of under six months, some a second post."""
    source = draws("history")
    deputies = [p.number for p in everybody if p.posts[0].post_class == PostClass.DEPUTY]
    chosen = pick(source, deputies, 40)
    source.shuffle(chosen)
    by_number = {person.number: person for person in everybody}
    units = {place.code: place for place in compared_places()}
    moves = (date(2025, 8, 18), date(2025, 11, 3), date(2026, 2, 12), date(2026, 5, 11), date(2026, 5, 25))
    for place, number in enumerate(chosen[:16]):
        person = by_number[number]
        by_number[number] = _moved(person, units[person.posts[0].unit_code], moves[place % len(moves)])
    for place, number in enumerate(chosen[16:26]):
        starts_on = (date(2026, 1, 26), date(2026, 3, 9), date(2026, 5, 6))[place % 3]
        person = by_number[number]
        by_number[number] = replace(person, posts=(replace(person.posts[0], starts_on=starts_on),))
    for place, number in enumerate(chosen[26:35]):
        person = by_number[number]
        by_number[number] = replace(person, posts=(*person.posts, _second_post(person, place)))
    return [by_number[person.number] for person in everybody]


def _moved(person: Person, old: Place, on: date) -> Person:
    """Served elsewhere at the same level until the day before; the seat of today was taken over on that day."""
    alike = [place for place in compared_places() if place.kind in _alike(old.kind) and place.code != old.code]
    before = draws("moved", person.number).choice(alike)
    seat = next(_deputies(before, 0))
    now = person.posts[0]
    first = replace(
        now,
        unit_code=before.code,
        title=seat.title,
        starts_on=date(2022, 3, 1),
        ends_on=on - timedelta(days=1),
    )
    return replace(person, posts=(first, replace(now, starts_on=on)))


def _alike(kind: UnitKind) -> tuple[UnitKind, ...]:
    county = (UnitKind.BANNER, UnitKind.CITY_DEPARTMENT)
    return county if kind in county else (UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT)


def _second_post(person: Person, place: int) -> PostingRow:
    """Concurrent, seconded, front-line; one is seconded long enough to be ranked by the host, one too short for it."""
    post = person.posts[0]
    offices = [each for each in compared_places() if each.group_set == "dept-2026" and each.code != post.unit_code]
    host = offices[place * 3]
    starts_on = {LONG_SECONDED: date(2025, 10, 15), SHORT_SECONDED: date(2026, 5, 20)}.get(place, date(2026, 2, 1))
    if place % 3 == 0:
        kind, front, title = PostingKind.CONCURRENT, None, "示例专班副组长（兼）"
    elif place % 3 == 1 or place == SHORT_SECONDED:
        kind, front, title = PostingKind.SECONDED, None, "挂职"
    else:
        kind, front, title = PostingKind.FRONT_LINE, Front.PROJECT, "项目专班派出"
    return replace(
        post, unit_code=host.code, title=title, kind=kind, front=front, starts_on=starts_on, ends_on=LAST_DAY
    )
