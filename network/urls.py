"""Addresses of the network's pages, and the wanted ones of allauth.

`include("allauth.urls")` would open sign-up, e-mail and more besides.
"""

from allauth.account import views as account
from django.urls import include, path

from network import views

sign_in = [
    path("dang-nhap", account.login, name="account_login"),
    path("dang-xuat", account.logout, name="account_logout"),
    path("tai-khoan/dong", account.account_inactive, name="account_inactive"),
    path("tai-khoan/mat-khau", views.account.change_password, name="account_change_password"),
    path("tai-khoan/xac-nhan", account.reauthenticate, name="account_reauthenticate"),
    path("tai-khoan/hai-buoc/", include("allauth.mfa.urls")),
]
pages = [
    path("quen", views.account.forgotten, name="forgotten"),
    path("mat-khau-moi", views.account.new_password, name="new_password"),
    path("tai-khoan", views.account.account, name="account"),
    path("tai-khoan/doi-co-quan", views.account.switch, name="switch"),
    path("mang-luoi", views.directory.index, name="index"),
    path("mang-luoi/dia-gioi", views.directory.changes, name="changes"),
    path("mang-luoi/noi/<str:code>", views.directory.place, name="place"),
    path("mang-luoi/dia-gioi/thay-doi", views.reorganising.reorganise, name="reorganise"),
    path("mang-luoi/<uuid:reference>/ket-thuc", views.reorganising.end, name="end_agency"),
    path("mang-luoi/<uuid:reference>/giu-lai", views.reorganising.keep, name="keep_agency"),
    path("mang-luoi/<uuid:reference>", views.directory.agency, name="agency"),
    path("nguoi", views.people.own, name="own_people"),
    path("mang-luoi/<uuid:reference>/nguoi", views.people.people, name="people"),
    path("mang-luoi/<uuid:reference>/nguoi/moi", views.people.invite, name="invite"),
    path("mang-luoi/<uuid:reference>/nguoi/them", views.people.add_member, name="add_member"),
    path("nguoi/<uuid:reference>", views.people.member, name="member"),
    path("nguoi/<uuid:reference>/vai-tro", views.people.roles, name="roles"),
    path("nguoi/<uuid:reference>/ket-thuc", views.people.end, name="end"),
    path("nguoi/<uuid:reference>/ma", views.people.password_code, name="password_code"),
    path("nguoi/<uuid:reference>/thu-lai", views.people.try_again, name="try_again"),
    path("nguoi/<uuid:reference>/buoc-hai", views.people.ask_reset, name="ask_reset"),
    path(
        "nguoi/<uuid:reference>/buoc-hai/xac-nhan",
        views.people.confirm_reset,
        name="confirm_reset",
    ),
    path("truc", views.roster.own, name="roster"),
    path("mang-luoi/<uuid:reference>/truc", views.roster.roster, name="roster_of"),
    path("mang-luoi/<uuid:reference>/truc/them", views.roster.add_shift, name="add_shift"),
    path("truc/<uuid:reference>/bo", views.roster.end_shift, name="end_shift"),
]
urlpatterns = [*sign_in, path("", include((pages, "network")))]
