"""Addresses of referral."""

from django.urls import path

from referral.views import detail, queue, sending

app_name = "referral"
urlpatterns = [
    path("hang-cho/", queue.incoming, name="queue"),
    path("hang-cho/di", queue.outgoing, name="outgoing"),
    path("hang-cho/dang-lam", queue.in_work, name="in_work"),
    path("ho-so/<uuid:case>/chuyen-tuyen", sending.send, name="send"),
    path("chuyen-tuyen/<uuid:reference>", detail.detail, name="detail"),
    path("chuyen-tuyen/<uuid:reference>/nhan", detail.accept, name="accept"),
    path("chuyen-tuyen/<uuid:reference>/nhan-mot-phan", detail.accept_partly, name="accept_partly"),
    path("chuyen-tuyen/<uuid:reference>/tu-choi", detail.decline, name="decline"),
    path("chuyen-tuyen/<uuid:reference>/da-biet", detail.acknowledge, name="acknowledge"),
    path("chuyen-tuyen/<uuid:reference>/bat-dau", detail.start, name="start"),
    path("chuyen-tuyen/<uuid:reference>/xong", detail.complete, name="complete"),
    path("chuyen-tuyen/<uuid:reference>/chuyen-lai", detail.give_back, name="return"),
    path("chuyen-tuyen/<uuid:reference>/huy-vi-nham", detail.void, name="void"),
    path("chuyen-tuyen/<uuid:reference>/rut-lai", detail.withdraw, name="withdraw"),
    path("chuyen-tuyen/<uuid:reference>/dung-lien-lac", detail.stop, name="stop"),
    path("chuyen-tuyen/<uuid:reference>/ghi-tra-loi", detail.record, name="record"),
    path("chuyen-tuyen/<uuid:reference>/mo", detail.open_sealed, name="open"),
    path("chuyen-tuyen/<uuid:reference>/noi-tiep-theo", sending.send_on, name="send_on"),
]
