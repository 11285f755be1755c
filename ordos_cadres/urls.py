"""Every URL of the product. An app's urls.py holds full paths (`rankings/…`), so nothing is prefixed here."""

from django.urls import include, path

urlpatterns = [
    path("", include("dashboards.urls")),
    path("", include("accounts.urls")),
    path("", include("cadres.urls")),
    path("", include("intake.urls")),
    path("", include("evaluation.urls")),
    path("", include("foundation.web.urls")),
]

handler500 = "foundation.web.failures.failed"
