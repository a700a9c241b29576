"""Services, loaded when they are first asked for.

Start-up took four seconds when this package imported all of them.
"""

from __future__ import annotations

import importlib
from typing import Any

_LAZY = {
    "PaymentProcessor": ("backend.app.payments.core.processor", "PaymentProcessor"),
    "RefundPolicy": ("backend.app.services.refunds", "RefundPolicy"),
    "RefundService": ("backend.app.services.refunds", "RefundService"),
    "SubscriptionService": ("backend.app.services.subscriptions", "SubscriptionService"),
}

__all__ = ["PaymentProcessor", "RefundPolicy", "RefundService", "SubscriptionService"]


def __getattr__(name: str) -> Any:
    try:
        module_name, attribute = _LAZY[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    value = getattr(importlib.import_module(module_name), attribute)
    globals()[name] = value
    return value
