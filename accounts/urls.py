"""URLs of accounts."""

from django.urls import path

from accounts.views import sessions, trail

app_name = "accounts"
urlpatterns = [
    path("login/", sessions.login, name="login"),
    path("language/", sessions.language, name="language"),
    path("logout/", sessions.logout, name="logout"),
    path("audit/", trail.EventList.as_page(), name="event-list"),
    path("audit/verification/", trail.trail_verification, name="trail-verification"),
    path("audit/verification/start/", trail.trail_verify, name="trail-verify"),
    path("audit/export/", trail.trail_export, name="trail-export"),
    path("audit/sheet/", trail.event_export, name="event-export"),
    path("audit/<int:seq>/", trail.event_detail, name="event-detail"),
]
