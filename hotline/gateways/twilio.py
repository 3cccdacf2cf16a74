"""Twilio's own client. Outbound only: Twilio receives no SMS in Viet Nam.

The only importer of `twilio`.
"""

from collections.abc import Mapping
from functools import cached_property
from hmac import compare_digest
from typing import Any

from django.conf import settings
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from hotline.gateways.base import Permanent, Receipt, Temporary

NEEDED = {
    "account": "TWILIO_ACCOUNT_SID", "token": "TWILIO_AUTH_TOKEN", "sender": "TWILIO_SENDER",
}  # fmt: skip
TIMEOUT_SECONDS = 10
# Numbers that no try will reach: invalid, not mobile, landline, blocked, unsubscribed.
PERMANENT = frozenset({21211, 21214, 21217, 21408, 21610, 21612, 21614})
TOO_MANY, SERVER_FAULT = 429, 500


class _Elsewhere(TwilioHttpClient):
    """Sends Twilio's requests to another address: our fake operator, or a proxy of the province."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self.base_url = base_url.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if self.base_url:
            url = self.base_url + "/" + url.split("/", 3)[3]
        return super().request(method, url, *args, **kwargs)


class Twilio:
    """Real texts. Its answers become Temporary or Permanent by Twilio's own codes."""

    name = "twilio"

    @cached_property
    def client(self) -> Client:
        """Made at the first text: a demo needs no account."""
        return Client(
            settings.TWILIO["account"],
            settings.TWILIO["token"],
            http_client=_Elsewhere(settings.TWILIO["base_url"]),
        )

    def send(self, *, number: str, text: str, key: str) -> Receipt:
        """Hand one text to Twilio; `key` comes back in the receipt's address."""
        try:
            message = self.client.messages.create(
                to=international(number),
                body=text,
                from_=settings.TWILIO["sender"],
                status_callback=f"{settings.PUBLIC_URL}/goi-lai/twilio/{key}",
            )
        except TwilioRestException as refused:
            raise _fault(refused) from None  # its text holds the number
        except RequestException as lost:
            raise Temporary(type(lost).__name__) from None
        return Receipt(provider_id=str(message.sid))


def is_signed(url: str, fields: Mapping[str, str], signature: str) -> bool:
    """Whether Twilio signed this very address and body; compared in constant time.

    Without a token of our own nothing is signed: an empty secret is known to everybody.
    """
    token = settings.TWILIO["token"]
    if not token:
        return False
    signs, given = RequestValidator(token).compute_signature, signature.encode()
    # All are compared: which one fits is no business of who measures the time.
    fits = [compare_digest(signs(one, fields).encode(), given) for one in _ways_to_write(url)]
    return any(fits)


def _ways_to_write(url: str) -> list[str]:
    """The address as it is; where it names no port, Twilio sometimes signs the usual one too."""
    scheme, rest = url.split("://", 1)
    host, path = rest.split("/", 1)
    if ":" in host:
        return [url]
    return [url, f"{scheme}://{host}:{443 if scheme == 'https' else 80}/{path}"]


def international(number: str) -> str:
    """A national number as E.164: 0912… → +84912…; others as they are."""
    return f"+84{number[1:]}" if number.startswith("0") else number


def _fault(refused: TwilioRestException) -> Temporary:
    code = str(refused.code or refused.status)
    if refused.code in PERMANENT:
        return Permanent(code)
    if refused.status == TOO_MANY or refused.status >= SERVER_FAULT:
        return Temporary(code)
    return Permanent(code)
