"""Addresses of the pages that belong to no app."""

from django.urls import path

from config.house import views

urlpatterns = [
    path("thoat", views.exit_now, name="exit"),
    path("lich", views.neutral, name="neutral"),
    path("ngon-ngu", views.language, name="set_language"),
    path("tro-giup", views.help_page, name="help"),
    path("tro-giup/so-do", views.help_drawings, name="help_drawings"),
]
