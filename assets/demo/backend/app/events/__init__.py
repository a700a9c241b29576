"""Domain events: how they look and how they leave the process."""

from backend.app.events.builders import order_event, payment_event
from backend.app.events.publisher import EventPublisher

__all__ = ["EventPublisher", "order_event", "payment_event"]
