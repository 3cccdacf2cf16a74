"""Every address. Each app keeps its own list; only the wanted ones of allauth are opened."""

from django.urls import include, path

urlpatterns = [
    path("", include("config.house.urls")),
    path("", include("network.urls")),
    path("", include("casework.urls")),
    path("", include("referral.urls")),
    path("", include("shelters.urls")),
    path("", include("hotline.urls")),
    path("", include("figures.urls")),
]

handler400 = "config.house.views.bad_request"
handler403 = "config.house.views.forbidden"
handler404 = "config.house.views.not_found"
handler500 = "config.house.views.server_error"
handler429 = "config.house.views.too_many"  # asked for by allauth
