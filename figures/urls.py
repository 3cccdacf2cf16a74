"""Addresses of figures."""

from django.urls import path

from figures import views

app_name = "figures"
DRAFT = {"audience": "cong-bo"}
urlpatterns = [
    path("so-lieu", views.index, name="index"),
    # Files first: a period's address would take their names for its own.
    path("so-lieu/<str:span>.csv", views.as_csv, name="csv"),
    path("so-lieu/<str:span>.xlsx", views.as_xlsx, name="xlsx"),
    path("so-lieu/<str:span>", views.period, name="period"),
    path("so-lieu/cong-bo/<str:span>.csv", views.as_csv, DRAFT, name="draft-csv"),
    path("so-lieu/cong-bo/<str:span>.xlsx", views.as_xlsx, DRAFT, name="draft-xlsx"),
    path("so-lieu/cong-bo/<str:span>", views.period, DRAFT, name="draft"),
]
