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
    path("tai-khoan/mat-khau", account.password_change, name="account_change_password"),
    path("tai-khoan/xac-nhan", account.reauthenticate, name="account_reauthenticate"),
    path("tai-khoan/hai-buoc/", include("allauth.mfa.urls")),
]
pages = [
    path("quen", views.account.forgotten, name="forgotten"),
    path("tai-khoan", views.account.account, name="account"),
    path("tai-khoan/doi-co-quan", views.account.switch, name="switch"),
]
urlpatterns = [*sign_in, path("", include((pages, "network")))]
