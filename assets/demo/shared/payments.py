"""One place for side projects to get a payment processor from.

Inside the backend's image this is the backend's own processor; the nightly export
job installs only the SDK and gets the SDK's.
"""

from __future__ import annotations

import logging

try:
    from backend.app.payments.core import PaymentProcessor
except ImportError:
    from billing_sdk.processor import PaymentProcessorV2 as PaymentProcessor

logger = logging.getLogger(__name__)

__all__ = ["PaymentProcessor", "describe_processor"]


def describe_processor() -> str:
    """Name the class in use; printed at the head of every export."""
    name = f"{PaymentProcessor.__module__}.{PaymentProcessor.__qualname__}"
    logger.debug("payment processor in use: %s", name)
    return name
