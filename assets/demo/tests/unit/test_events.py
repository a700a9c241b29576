"""Events and who gets them."""

import pytest

from backend.app.events import EventPublisher, order_event, payment_event
from backend.app.events.builders import is_complete


def test_builders_make_complete_events():
    assert is_complete(order_event("placed", "order-1", "customer-1"))
    assert is_complete(payment_event("captured", "order-1", "customer-1", {"amount": "1"}))


def test_strict_publisher_refuses_incomplete_events():
    with pytest.raises(ValueError):
        EventPublisher().publish({"type": "order.placed", "time": 0, "order": "order-1"})


def test_lenient_publisher_keeps_them():
    publisher = EventPublisher(strict=False)
    publisher.publish({"event_type": "order.placed"})
    assert publisher.drain() == [{"event_type": "order.placed"}]
    assert publisher.drain() == []


def test_failing_subscriber_does_not_stop_others():
    publisher = EventPublisher()
    seen = []
    publisher.subscribe("order.", lambda event: 1 / 0)
    publisher.subscribe("order.", seen.append)
    assert publisher.publish(order_event("placed", "order-1", "customer-1")) == 1
    assert len(seen) == 1
