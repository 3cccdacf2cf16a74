"""Addresses of the hotline."""

from django.urls import path

from hotline import views, webhooks

app_name = "hotline"
urlpatterns = [
    path("truc/to-truc", views.duty_sheet, name="duty_sheet"),
    path("canh-bao", views.alerts, name="alerts"),
    path("canh-bao/<uuid:reference>", views.alert, name="alert"),
    path("canh-bao/<uuid:reference>/nhan", views.acknowledge, name="acknowledge"),
    path("canh-bao/<uuid:reference>/dieu-phoi", views.pass_on, name="pass-on"),
    path("goi-lai/twilio/<uuid:reference>", webhooks.twilio_receipt, name="twilio-receipt"),
]
