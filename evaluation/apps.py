"""Django configuration of evaluation."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Schemes, groups, runs, results and the pure scoring engine."""

    name = "evaluation"
    label = "evaluation"
    default_auto_field = "django.db.models.BigAutoField"
