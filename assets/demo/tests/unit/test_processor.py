"""The processor, against a gateway in memory."""

import pytest

from backend.app.errors import PaymentDeclined, PaymentError
from backend.app.payments.core.processor import PaymentProcessor, RetryPolicy
from backend.app.payments.unified import UnifiedPaymentProcessor
from shared.money import Money
from shared.payment_types import PaymentRequest, PaymentState


def request(amount="10.00"):
    return PaymentRequest("order-1", "customer-1", Money.of(amount))


def test_charge_authorises_and_captures(processor, gateway):
    result = processor.charge(request())
    assert result.state is PaymentState.CAPTURED
    assert gateway.calls == ["authorize", "capture"]


def test_charge_publishes_one_event(processor, publisher):
    seen = []
    publisher.subscribe("payment.", seen.append)
    processor.charge(request())
    assert [event["event_type"] for event in seen] == ["payment.captured"]
    assert seen[0]["customer_id"] == "customer-1"


def test_declined_payment_raises(processor, gateway):
    gateway.decline = True
    with pytest.raises(PaymentDeclined):
        processor.charge(request())


def test_connection_errors_are_tried_again(gateway, publisher):
    gateway.failures = 2
    pauses = []
    processor = PaymentProcessor(
        gateway, publisher, retry=RetryPolicy(attempts=3), sleep=pauses.append
    )
    processor.charge(request())
    assert pauses == [0.2, 0.4]


def test_too_many_connection_errors_are_retryable(processor, gateway):
    gateway.failures = 5
    with pytest.raises(PaymentError) as caught:
        processor.charge(request())
    assert caught.value.retryable


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_amount_must_be_positive(processor, amount):
    with pytest.raises(PaymentError):
        processor.charge(request(amount))


def test_unified_processor_knows_all_methods(settings, publisher):
    unified = UnifiedPaymentProcessor(settings, publisher)
    assert sorted(unified._processors) == ["card", "transfer", "voucher", "wallet"]
