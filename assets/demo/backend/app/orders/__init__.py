"""Orders."""

from .models import Order, OrderLine, OrderStatus
from .repository import OrderRepository

__all__ = ["Order", "OrderLine", "OrderRepository", "OrderStatus"]
