"""Bank transfers: the customer pays, we wait."""

from __future__ import annotations

from datetime import date, timedelta

from backend.app.gateways.base import PaymentGateway
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult, PaymentState

DAYS_TO_PAY = 14


class BankTransferGateway(PaymentGateway):
    """Announces a transfer and asks once a day whether it came in."""

    path = "transfers"

    def authorize(self, request: PaymentRequest) -> PaymentResult:
        due = date.today() + timedelta(days=DAYS_TO_PAY)
        answer = self._post(
            "announce",
            {
                "order": request.order_id,
                "cents": request.amount.in_cents(),
                "due": due.isoformat(),
            },
        )
        return self._result(answer, request.amount)

    def capture(self, reference: str, amount: Money) -> PaymentResult:
        answer = self._post(f"{reference}/match", {"cents": amount.in_cents()})
        return self._result(answer, amount)

    def status(self, reference: str) -> PaymentState:
        answer = self._post(f"{reference}/status", {})
        return PaymentState(answer["state"])
