"""Addresses of figures."""

from django.urls import path

from figures import views

app_name = "figures"
urlpatterns = [
    path("so-lieu", views.index, name="index"),
    path("so-lieu/<str:span>", views.period, name="period"),
    path("so-lieu/<str:span>.csv", views.as_csv, name="csv"),
    path("so-lieu/<str:span>.xlsx", views.as_xlsx, name="xlsx"),
    path("so-lieu/cong-bo/<str:span>", views.period, {"audience": "cong-bo"}, name="draft"),
    path("so-lieu/cong-bo/<str:span>.csv", views.as_csv, {"audience": "cong-bo"}, name="draft-csv"),
    path(
        "so-lieu/cong-bo/<str:span>.xlsx",
        views.as_xlsx,
        {"audience": "cong-bo"},
        name="draft-xlsx",
    ),
]
