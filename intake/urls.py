"""URLs of intake."""

from django.urls import path

from intake import views

app_name = "intake"
urlpatterns = [
    path("batches/", views.BatchList.as_page(), name="batch-list"),
    path("batches/upload/", views.batch_upload, name="batch-upload"),
    path("batches/<slug:ref>/", views.batch_detail, name="batch-detail"),
    path("batches/<slug:ref>/check/", views.batch_check, name="batch-check"),
    path("batches/<slug:ref>/commit/", views.batch_commit, name="batch-commit"),
    path("batches/<slug:ref>/file/", views.batch_file, name="batch-file"),
]
