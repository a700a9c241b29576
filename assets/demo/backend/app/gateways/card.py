"""Cards."""

from __future__ import annotations

from backend.app.gateways.base import PaymentGateway
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult, PaymentState


class CardGateway(PaymentGateway):
    """Authorises and captures in two steps."""

    path = "cards"

    def authorize(self, request: PaymentRequest) -> PaymentResult:
        answer = self._post(
            "authorize",
            {
                "order": request.order_id,
                "cents": request.amount.in_cents(),
                "currency": request.amount.currency,
                "key": request.idempotency_key,
            },
        )
        return self._result(answer, request.amount)

    def capture(self, reference: str, amount: Money) -> PaymentResult:
        answer = self._post(f"{reference}/capture", {"cents": amount.in_cents()})
        return self._result(answer, amount)

    def refund(self, reference: str, amount: Money, reason: str = "") -> PaymentResult:
        answer = self._post(
            f"{reference}/refund", {"cents": amount.in_cents(), "reason": reason}
        )
        return self._result(answer, amount)

    def status(self, reference: str) -> PaymentState:
        answer = self._post(f"{reference}/status", {})
        return PaymentState(answer["state"])
