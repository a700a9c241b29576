"""Client library of the Quillfern billing service."""

from .client import BillingClient, BillingError, OrderStatus
from .processor import PaymentProcessorV2

__all__ = ["BillingClient", "BillingError", "OrderStatus", "PaymentProcessorV2"]
__version__ = "0.9.3"
