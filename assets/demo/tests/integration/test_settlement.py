"""The night job, with rows as the gateways export them."""

from unittest.mock import patch

from backend.app.events import EventPublisher
from backend.app.workers.settlement import SettlementWorker
from fixtures_lib.payments import broken_row, captured_rows
from test_support import PaymentProcessor


class CapturingProcessor(PaymentProcessor):
    def capture(self, order_id, reference, amount):
        self.refunded.append((order_id, amount))


def test_settles_all_rows():
    worker = SettlementWorker(EventPublisher())
    with patch("backend.app.workers.settlement.PaymentProcessor", CapturingProcessor):
        assert worker.settle(captured_rows(4)) == (4, 0)


def test_broken_row_is_counted():
    worker = SettlementWorker()
    with patch("backend.app.workers.settlement.PaymentProcessor.capture", side_effect=OSError):
        try:
            worker.settle([broken_row()])
        except OSError:
            return
    raise AssertionError("the worker must not hide this")
