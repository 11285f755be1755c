"""What a fault of a scheme document, or a value that cannot be scored, says to a person.

The engine knows codes and facts only; sentences are rendered here, at the edge.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext as text_now
from django.utils.translation import gettext_lazy as _

from evaluation.scoring import ScoringError
from evaluation.scoring.reading import Fault

FAULT_TEXTS: dict[str, str | Promise] = {
    "unknown_key": _("不认识“%(key)s”，这里可以写：%(known)s。"),
    "missing_key": _("缺少“%(key)s”，请补上。"),
    "not_a_mapping": _("应是“键: 值”的一组内容。"),
    "not_a_list": _("应是列表，例如 [a, b]。"),
    "empty_list": _("列表是空的，请至少写一项，或删除这个键。"),
    "not_text": _("应是不超过 2000 字的文字，不能为空。"),
    "bad_name": _("“%(value)s”不能用作代码：应以字母开头，只用字母、数字、下划线或连字符，不超过 40 个字符。"),
    "not_one_of": _("“%(value)s”不在可选范围内，可以写：%(allowed)s。"),
    "word_twice": _("列表中有重复的内容，请各写一次。"),
    "not_a_number": _("“%(value)s”不是数，请写整数、加引号的小数或分数，例如 80、'33.5'、100/3。"),
    "float_not_allowed": _("%(value)s 是浮点数，会丢失精度，请写成文字或分数，例如 '33.5'、100/3。"),
    "out_of_range": _("%(value)s 超出范围，应在 %(low)s 与 %(high)s 之间。"),
    "not_whole": _("“%(value)s”应是整数。"),
    "not_positive": _("应大于 0。"),
    "key_twice": _("“%(key)s”出现了不止一次，每个键只能用一次。"),
    "not_a_keyed_pair": _("应是 [代码, 内容]。"),
    "reserved_key": _("“%(key)s”另有含义，不能用作键，请换一个。"),
    "root_not_node": _("最上层应有 parts，即由若干部分组成。"),
    "too_deep": _("层次超过 %(most)s 层，请减少。"),
    "too_many_parts": _("部分超过 %(most)s 个，请减少。"),
    "weights_not_100": _("各部分的权重之和是 %(sum)s，应恰为 100；可以写分数，例如 100/3。"),
    "weights_too_fine": _("各部分权重的分母相差太大，无法化为整数比，请改用较简单的分数。"),
    "zero_needs_reason": _("按 0 分计须写明理由，不超过 %(most)s 字，例如 zero(逾期未报)；理由会显示在得分明细中。"),
    "median_needs_numbers": _("选项和是否类指标没有中位数，请为这一项另写 missing。"),
    "unknown_indicator": _("没有代码为“%(indicator)s”的指标，请检查代码或先登记指标；得分只能取自已登记的指标。"),
    "indicator_of_other_kind": _("指标“%(indicator)s”的对象是%(kind)s，与方案的对象不同。"),
    "rollup_needed": _("这个指标按%(native)s报送，比方案的周期短，请写明 rollup：last、mean 或 sum。"),
    "rollup_not_needed": _("这个指标按%(native)s报送，不短于方案的周期，请删除 rollup。"),
    "rollup_must_be_last": _("选项和是否类指标不能求平均或求和，请写 rollup: last。"),
    "carry_forward_needed": _(
        "这个指标按%(native)s报送，比方案的周期长，请写 missing: carry_forward(n)，说明最多沿用几期。"
    ),
    "index_needs_cadre": _("只有对象是干部（cadre）的方案可以引用单位指数。"),
    "index_must_be_required": _("单位指数不可缺少（单位没有得分，其干部也没有得分），请写 required 或删除这一项。"),
    "tenure_needed": _("引用了单位指数，须写明 tenure，即任职时间如何折算。"),
    "not_for_units": _("对象是单位的方案不能写这一项。"),
    "one_rule_needed": _("应恰有一种计分方法。"),
    "one_edge_needed": _("at_least 与 at_most 应恰写一个。"),
    "edge_against_direction": _("与指标的方向相反：越多越好用 at_least，越少越好用 at_most。"),
    "not_a_pair": _("每一档应是 [分界, 得分]。"),
    "bands_not_monotone": _("分界应依次变化（at_least 由高到低，at_most 由低到高），得分由高到低直到 else。"),
    "bands_not_down_to_zero": _("各等次的起点应由高到低，最后一个从 0 起。"),
    "options_not_labels": _("选项应与指标的选项完全一致：%(labels)s。"),
    "options_empty": _("没有写任何选项，请写出指标的全部选项和各自的得分。"),
    "ratio_of_negative": _("这个指标可以是负数，与最好值之比没有意义，请改用 minmax、zscore 或 percentile。"),
    "cap_needed": _("越少越好的指标须写 cap，因为数值为 0 时没有上限。"),
    "from_above_to": _("下限不能高于上限。"),
    "min_not_below_max": _("min 应小于 max。"),
    "log_needs_positive": _("取对数时 min 应大于 0。"),
    "log_needs_clip": _("取对数而指标可能为 0 或负数时，须写 clip: true。"),
    "small_group_needed": _("这种计分要与同组比较，请用 in_small_group 写明人数不足时用什么代替。"),
    "small_group_not_needed": _("只有与同组比较的计分才写 in_small_group，请删除。"),
    "small_group_looks_at_peers": _("代替的计分不能再与同组比较。"),
    "unknown_band": _("没有等次“%(key)s”，请写 bands 中的一个 key。"),
    "unknown_part": _("指标树中没有“%(key)s”。"),
}

SCORING_TEXTS: dict[str, str | Promise] = {
    "points_out_of_range": _("%(key)s 的得分超出十亿分，数值或目标值有误，请核对。"),
    "not_an_option": _("%(key)s 的数值不是指标的选项之一，请核对。"),
    "one_row_needed": _("得分明细一次只能说明一个对象，而这里有 %(rows)s 个。"),
    "wrong_shape": _("矩阵 %(array)s 的形状是 %(shape)s，应为 %(expected)s。"),
    "count_not_positive": _("矩阵中有不大于 0 的除数。"),
}

WORDS = {
    "month": _("月"),
    "quarter": _("季"),
    "half": _("半年"),
    "year": _("年"),
    "unit": _("单位"),
    "cadre": _("干部"),
}


def fault_text(fault: Fault) -> str:
    """The sentence of a fault, without its path, in the language of the reader."""
    facts = {
        name: str(WORDS.get(fact, fact)) if name in {"native", "kind"} else fact for name, fact in fault.facts.items()
    }
    return str(FAULT_TEXTS[fault.code]) % facts


def fault_line(fault: Fault) -> str:
    """One line a fault: its path, then its sentence."""
    return text_now("%(path)s：%(text)s") % {"path": fault.path or text_now("顶层"), "text": fault_text(fault)}


def scoring_text(error: ScoringError) -> str:
    """The sentence of a value that cannot be scored."""
    return str(SCORING_TEXTS[error.code]) % error.facts
