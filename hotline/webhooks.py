"""What the operator tells us about texts that went out. Signed, or not heard."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hotline import actions
from hotline.gateways import twilio


@csrf_exempt
@login_not_required
@require_POST
def twilio_receipt(request: Any, reference: UUID) -> HttpResponse:
    """A delivery receipt. The signature covers our public address and every field.

    Answers 403 without a body to whoever cannot sign, 204 to whoever can: also to a receipt that
    comes twice or late, which changes nothing. A name that comes twice is no receipt: the
    signature covers a set of values, and one of them could be slipped in beside the other.
    """
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    fields = request.POST.dict()
    twice = any(len(values) > 1 for _name, values in request.POST.lists())
    if twice or not twilio.is_signed(url, fields, request.headers.get("X-Twilio-Signature", "")):
        return HttpResponse(status=403)
    actions.note_receipt(
        reference=reference,
        provider_id=fields.get("MessageSid", ""),
        status=fields.get("MessageStatus", ""),
        now=request.now,
    )
    return HttpResponse(status=204)
