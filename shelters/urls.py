"""Addresses of shelters."""

from django.urls import path

from shelters import views

app_name = "shelters"
urlpatterns = [
    path("giuong", views.board, name="board"),
    path("giuong/manh", views.board_fragment, name="board-fragment"),
    path("giuong/nhan-vao", views.walk_in, name="walk-in"),
    path("giuong/<uuid:reference>/ngung", views.stop_bed, name="stop-bed"),
    path("giuong/<uuid:reference>/dung-lai", views.return_bed, name="return-bed"),
    path("vu-viec/<uuid:reference>/xin-cho-o", views.request_stay, name="request"),
    path("cho-o/<uuid:reference>", views.stay, name="stay"),
    path("cho-o/<uuid:reference>/phieu", views.open_card, name="open-card"),
    path("cho-o/<uuid:reference>/giu-cho", views.hold, name="hold"),
    path("cho-o/<uuid:reference>/doi-giuong", views.move, name="move"),
    path("cho-o/<uuid:reference>/<slug:verb>", views.act, name="act"),
]
