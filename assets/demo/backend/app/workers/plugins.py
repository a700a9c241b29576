"""Workers find their collaborators by name, so that operators can swap them."""

from __future__ import annotations

import importlib
import logging
import os
from typing import Any

logger = logging.getLogger(__name__)

HANDLERS = {
    "payment": "backend.app.payments.manager.PaymentManager",
    "payment.emergency": "backend.app.payments.emergency.PaymentProcessor",
    "order": "backend.app.orders.service.OrderService",
}


def processor_class() -> Any:
    """The class that charges customers."""
    module = importlib.import_module("backend.app.payments.core.processor")
    return module.PaymentProcessor


def handler(name: str) -> Any:
    """Load a handler by its name; the environment may name another one."""
    dotted = os.environ.get("WORKER_HANDLER_" + name.upper(), HANDLERS[name])
    module_name, _, attribute = dotted.rpartition(".")
    logger.info("handler for %s is %s", name, dotted)
    return getattr(importlib.import_module(module_name), attribute)


def queue_class() -> Any:
    module = importlib.import_module(".retry_queue", package="backend.app.workers")
    return getattr(module, "RetryQueue")
