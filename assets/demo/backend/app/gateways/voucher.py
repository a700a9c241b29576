"""Gift vouchers, which the shop keeps itself."""

from __future__ import annotations

from decimal import Decimal

from backend.app.gateways.base import PaymentGateway
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentResult, PaymentState


class VoucherGateway(PaymentGateway):
    """Balances live in memory here and are loaded by the checkout."""

    path = "vouchers"
    balances: dict[str, Money] = {}

    def load(self, code: str, amount: Money) -> None:
        self.balances[code] = amount

    def authorize(self, request: PaymentRequest) -> PaymentResult:
        code = str(request.metadata.get("voucher", ""))
        zero = Money(Decimal(0), request.amount.currency)
        if self.balances.get(code, zero) < request.amount:
            return PaymentResult(code, PaymentState.DECLINED, request.amount, "balance too low")
        return PaymentResult(code, PaymentState.AUTHORIZED, request.amount)

    def capture(self, reference: str, amount: Money) -> PaymentResult:
        self.balances[reference] = self.balances[reference] - amount
        return PaymentResult(reference, PaymentState.CAPTURED, amount)

    def refund(self, reference: str, amount: Money, reason: str = "") -> PaymentResult:
        self.balances[reference] = self.balances[reference] + amount
        return PaymentResult(reference, PaymentState.REFUNDED, amount, reason)

    def status(self, reference: str) -> PaymentState:
        return PaymentState.AUTHORIZED if reference in self.balances else PaymentState.VOIDED
