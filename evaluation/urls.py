"""URLs of evaluation."""

from django.urls import path

from evaluation.views import differences, entry_sheets, proofs, rankings, runs, subjects

app_name = "evaluation"
urlpatterns = [
    path("rankings/", rankings.ranking_list, name="ranking-list"),
    path("rankings/<slug:scheme>/<slug:period>/", rankings.ranking_detail, name="ranking-detail"),
    path("rankings/<slug:scheme>/<slug:period>/export/", rankings.ranking_export, name="ranking-export"),
    path("me/", subjects.own_result, name="own-result"),
    path("cadres/<slug:ref>/", subjects.cadre_detail, name="cadre-detail"),
    path("cadres/<slug:ref>/<slug:scheme>/<slug:period>/", subjects.cadre_result, name="cadre-result"),
    path("cadres/<slug:ref>/<slug:scheme>/<slug:period>/proof/", proofs.cadre_proof, name="cadre-proof"),
    path("units/<str:ref>/<slug:scheme>/<slug:period>/", subjects.unit_result, name="unit-result"),
    path("entry-sheets/", entry_sheets.entry_sheet, name="entry-sheet"),
    path("entry-sheets/download/", entry_sheets.entry_sheet_download, name="entry-sheet-download"),
    path("units/<str:ref>/<slug:scheme>/<slug:period>/proof/", proofs.unit_proof, name="unit-proof"),
    path("runs/", runs.RunList.as_page(), name="run-list"),
    path("runs/start/", runs.run_start, name="run-start"),
    path("runs/<slug:ref>/", runs.run_detail, name="run-detail"),
    path("runs/<slug:ref>/difference/<slug:other>/", differences.difference_list, name="difference-list"),
    path("runs/<slug:ref>/difference/<slug:other>/export/", differences.difference_export, name="difference-export"),
    path(
        "runs/<slug:ref>/difference/<slug:other>/cadres/<slug:cadre>/",
        differences.difference_cadre,
        name="difference-cadre",
    ),
    path(
        "runs/<slug:ref>/difference/<slug:other>/units/<str:unit>/",
        differences.difference_unit,
        name="difference-unit",
    ),
]
