"""A value and its target with the unit said once, or on both where it is a percent sign."""

from evaluation.selectors.explained_lines import ExplainedLine

UNITLESS = frozenset({"等次", "是否", ""})


def value_text(line: ExplainedLine) -> str:
    """The value; its unit stands behind the target where there is one."""
    if not line.value_text:
        return ""
    return line.value_text if line.target_text and line.measure != "%" else _with_unit(line.value_text, line.measure)


def target_text(line: ExplainedLine) -> str:
    """The target with its unit; empty where there is none."""
    return _with_unit(line.target_text, line.measure) if line.target_text else ""


def _with_unit(text: str, measure: str) -> str:
    if measure in UNITLESS:
        return text
    return f"{text}%" if measure == "%" else f"{text} {measure}"
