"""Every address. Each app keeps its own list; config's own are those that belong to no app."""

from django.urls import include, path

from config import views

urlpatterns = [
    path("thoat", views.exit_now, name="exit"),
    path("lich", views.neutral, name="neutral"),
    path("", include("network.urls")),
    path("", include("casework.urls")),
    path("", include("referral.urls")),
    path("", include("shelters.urls")),
    path("", include("hotline.urls")),
    path("", include("figures.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
