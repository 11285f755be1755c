"""Addresses of evaluation's pages."""

from django.urls import reverse

from evaluation.selectors.people import Who


def ranking_url(scheme_code: str, period_code: str) -> str:
    """The ranking of a scheme in a period."""
    return reverse("evaluation:ranking-detail", args=[scheme_code, period_code])


def subject_url(who: Who, scheme_code: str, period_code: str) -> str:
    """The page of a subject's result in a scheme and period."""
    route = "evaluation:cadre-result" if who.is_cadre else "evaluation:unit-result"
    return reverse(route, args=[who.ref, scheme_code, period_code])


def run_url(ref: str) -> str:
    """The page of a run."""
    return reverse("evaluation:run-detail", args=[ref])


def difference_url(ref: str, other: str) -> str:
    """The page that compares two runs, group by group."""
    return reverse("evaluation:difference-list", args=[ref, other])


def subject_difference_url(who: Who, ref: str, other: str) -> str:
    """The page of what moved one subject between two runs."""
    route = "evaluation:difference-cadre" if who.is_cadre else "evaluation:difference-unit"
    return reverse(route, args=[ref, other, who.ref])
