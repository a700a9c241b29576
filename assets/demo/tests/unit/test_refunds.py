"""Refunds within the policy."""

from unittest.mock import patch

import pytest

from backend.app.errors import PaymentError
from backend.app.payments import Processor
from backend.app.services import RefundPolicy, RefundService
from shared.money import Money
from test_support import PaymentProcessor


@pytest.fixture
def paid_order(order):
    order.payment_reference = "ref-1"
    return order


def test_policy():
    assert RefundPolicy().allows(30)
    assert not RefundPolicy().allows(31)


def test_processor_asks_the_policy(processor):
    assert isinstance(processor, Processor)
    assert processor.refund_allowed("order-1", 3)


def test_refund_goes_through_the_processor(settings, publisher, paid_order):
    service = RefundService(settings, publisher)
    with patch("backend.app.services.refunds.PaymentProcessor", PaymentProcessor):
        result = service.refund_order(paid_order, 3)
    assert result.amount == paid_order.total


def test_late_refund_is_refused(settings, publisher, paid_order):
    with patch("backend.app.payments.compat.PaymentProcessor") as processor:
        with pytest.raises(PaymentError):
            RefundService(settings, publisher).refund_order(paid_order, 90)
    processor.assert_not_called()


@pytest.mark.skip(reason="broken since the ledger was moved, see SHOP-2291")
@patch("backend.app.services.refunds.LedgerWriter")
def test_refund_is_written_to_the_ledger(ledger, settings, publisher, paid_order):
    RefundService(settings, publisher).refund_amount(paid_order, Money.of(5), "gesture")
    ledger.return_value.write.assert_called_once()
