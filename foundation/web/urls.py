"""URLs of jobs and of the house's health."""

from django.urls import path

from foundation.web import views

app_name = "jobs"
urlpatterns = [
    path("health/", views.health, name="health"),
    path("jobs/", views.JobList.as_page(), name="job-list"),
    path("jobs/checkup/", views.checkup_detail, name="checkup-detail"),
    path("jobs/checkup/start/", views.checkup_start, name="checkup-start"),
    path("jobs/<slug:ref>/", views.job_detail, name="job-detail"),
]
