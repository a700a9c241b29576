"""Payment of orders. The manager became the processor; the name stayed."""

from backend.app.payments import PaymentProcessor

OrderPaymentManager = PaymentProcessor

#: States in which an order may be paid.
PAYABLE = frozenset({"draft", "placed", "payment_failed"})


def is_payable(status: str) -> bool:
    """True if an order in this state may be paid."""
    return status in PAYABLE
