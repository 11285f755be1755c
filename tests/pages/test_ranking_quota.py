"""The quota line on the ranking: once, under the last row that it holds, with its arithmetic in words."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import User
from evaluation.models import GroupMember
from evaluation.presenters.rankings import ranking_table
from evaluation.selectors.rankings import RankingQuery, ranking_rows
from tests.client import PageClient
from tests.evaluation.factories import Town, add_cadre, add_spell
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute
from tests.pages.conftest import FAR, HEADS, LIKE, NEAR, RANKING, Readers

ClientFor = Callable[[User], PageClient]
ARITHMETIC = "应参加 33 人 × 40% = 13.2，取整 13 名"


def text_of(answer: Any) -> str:
    """The page with plain spaces where numbers are tied to their units."""
    return answer.content.decode().replace(chr(0xA0), " ")


def marks(most: int) -> Iterator[int | str]:
    """Ranks of the near banner's rows, page by page, with a word wherever a line is drawn."""
    after: tuple[int, int] | None = None
    while True:
        query = RankingQuery(unit=NEAR, after=after, most=most)
        page = ranking_rows(WHOLE_CITY, scheme_code=HEADS, period_code=PERIOD, query=query)
        assert page is not None
        table = ranking_table(page, query)
        for row in table.rows:
            yield from ["line"] * len(row.rules)
            yield row.rank
        yield from ["line"] * len(table.rules_below)
        after = page.next_after
        if after is None:
            return


@pytest.mark.parametrize("most", [1, 5, 13, 14, 15, 100])
def test_line_stands_once_under_its_last_row_wherever_a_page_ends(town: Town, most: int) -> None:
    found = list(marks(most))

    # One of the first 14 is barred by a gate, so that 13 seats reach to the 14th rank.
    assert found.count("line") == 1
    assert found[found.index("line") - 1] == 14
    assert found[found.index("line") + 1] == 15


def test_page_says_where_the_line_is_and_how_it_was_worked_out(client_for: ClientFor, readers: Readers) -> None:
    answer = text_of(client_for(readers.leader).get(RANKING, {"unit": NEAR}))

    assert "优秀参考线划在第 14 名。" in answer
    assert answer.count('class="quota-row"') == 1
    assert ARITHMETIC in answer
    assert "等次由考核委员会决定，名额不必用满" in answer
    assert "合并计算" in answer
    assert "参考线的应参加人数计入其中 1 人，不计入 0 人" in answer


def test_what_a_search_finds_has_no_line_and_keeps_its_marks(client_for: ClientFor, readers: Readers) -> None:
    answer = client_for(readers.leader).get(RANKING, {"q": LIKE})

    assert "quota-row" not in text_of(answer)
    assert 'id="quota"' not in text_of(answer)
    (row,) = answer.context["table"].rows
    assert [tag.label for tag in row.tags] == ["线内"]


def test_several_bodies_have_lines_of_their_own_and_a_sum(client_for: ClientFor, readers: Readers) -> None:
    answer = text_of(client_for(readers.leader).get(RANKING))

    assert "优秀参考线按 2 个机关分别划，线内 13 人，最后一名在第 " in answer
    assert "2 个机关分别划线，应参加 34 人，上限 40%，共取 13 名" in answer
    assert "不足 5 人的 1 个机关：共 1 人 × 40% = 0.4，取整 0 名" in answer


def test_reader_of_one_banner_learns_nothing_of_the_other(client_for: ClientFor, readers: Readers, town: Town) -> None:
    answer = text_of(client_for(readers.near_officer).get(RANKING))

    assert ARITHMETIC in answer
    assert town.units[FAR].name not in answer
    assert "优秀参考线划在第 14 名。" in answer


def test_unit_filter_is_kept_by_pages_search_and_export(client_for: ClientFor, readers: Readers) -> None:
    client = client_for(readers.leader)

    answer = client.get(RANKING, {"unit": NEAR})

    assert f"unit={NEAR}" in answer.context["table"].pager.next_url
    assert ("unit", NEAR) in answer.context["page"].search.keep
    assert f'name="unit" value="{NEAR}"' in answer.content.decode()
    assert len(sheet(client, unit=NEAR)) == len(sheet(client)) - 1


def sheet(client: PageClient, **query: str) -> list[dict[str, Any]]:
    answer: Any = client.post(f"{RANKING}export/", query)
    heading, *rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_export_has_the_columns_of_the_line_and_of_who_is_not_ranked(client_for: ClientFor, readers: Readers) -> None:
    rows = sheet(client_for(readers.leader), unit=NEAR)

    assert [row["优秀参考线"] for row in rows[:15]] == ["线外", *["线内"] * 13, "线外"]
    assert (rows[0]["标记"], rows[0]["应参加人数"]) == ("不列入", "计入")
    unranked = rows[-1]
    assert (unranked["工号"], unranked["名次"], unranked["优秀参考线"], unranked["应参加人数"]) == (
        "0900011", None, None, "计入"
    )  # fmt: skip
    assert unranked["没有名次的原因"] == "对统计造假负有责任，指数作废并移交"
    assert "可以向作出认定的机关申请复核" in unranked["怎样参加"]


def test_everyone_who_is_not_ranked_reads_why_who_can_change_it_and_whether_the_base_counts_them(
    client_for: ClientFor, readers: Readers, town: Town
) -> None:
    for number, unit in (("0600091", NEAR), ("0600092", NEAR), ("0600093", FAR)):
        add_cadre(town, number, unit, starts_on=date(2024, 3, 1), level="县处级正职", post_class="head")
    add_cadre(town, "0600094", NEAR, starts_on=date(2026, 5, 20), level="县处级正职", post_class="head")
    add_spell(town, "0600091", "probation", date(2026, 1, 1), None)
    recompute(HEADS)

    answer = client_for(readers.leader).get(RANKING)

    told = {row.name: (row.reason, row.base) for row in answer.context["unranked"]}
    assert told["例91"] == ("试用期内", "不计入")
    assert told["例94"] == ("连续任职不满 183 天，或在任天数不满本期的 50%", "计入")
    assert told["例93"] == ("所在单位本期没有指数", "计入")
    assert told["例92"][0].startswith("数据完整 60%，低于 80%：缺OT01、JY03、JY06等 ")
    assert all(row.remedy for row in answer.context["unranked"])
    assert [row.name for row in answer.context["unranked"] if row.needs_data] == ["例92"]
    assert "去补数据" not in text_of(answer)
    assert text_of(client_for(readers.officer).get(RANKING)).count("去补数据") == 1


def test_unit_without_a_group_comes_last_and_reads_who_can_give_it_one(
    client_for: ClientFor, readers: Readers, town: Town
) -> None:
    since, far = date(2025, 7, 1), town.units[FAR].pk
    member = GroupMember.objects.get(unit=far)
    row = {"group_set_id": member.group_set_id, "unit_id": far, "group_key": "能源旗"}
    town.store(GroupMember, [{**row, "starts_on": since, "ends_on": since}])
    recompute(HEADS)
    client = client_for(readers.leader)

    first, apart = client.get(RANKING).context, client.get(RANKING, {"group": ""}).context

    assert [option.label for option in first["page"].groups.options] == ["能源旗", "未分组"]
    assert (first["table"].rows != (), apart["table"].rows) == (True, ())
    (told,) = apart["unranked"]
    assert told.reason == "所在单位没有编入同类组"
    assert told.remedy == "请考核主管部门把所在单位编入同类组，下一次核算自动参加"


def test_tie_break_is_told(client_for: ClientFor, readers: Readers) -> None:
    answer = text_of(client_for(readers.leader).get(RANKING))

    assert "先比OT01等 3 项，再比JY04U等 4 项，高的在前；仍然相同才并列。" in answer
