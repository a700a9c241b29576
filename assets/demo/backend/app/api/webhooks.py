"""Calls that gateways make to us."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, Request

from backend.app.events import payment_event
from backend.app.gateways import build_gateway
from backend.app.payments.compat import PaymentProcessor
from backend.app.payments.registry import ProcessorRegistry
from shared.money import Money

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.post("/captured/{reference}")
def captured(reference: str, body: dict[str, Any], request: Request) -> dict[str, str]:
    """A transfer came in: capture what was announced."""
    processor = _processor(body.get("method", "transfer"), request)
    amount = Money.of(body["amount"])
    result = processor.capture(body["order"], reference, amount)
    return {"state": result.state.value}


@router.post("/disputed/{reference}")
def disputed(reference: str, body: dict[str, Any], request: Request) -> dict[str, str]:
    """A customer disputes a payment; people decide."""
    event = payment_event(
        "disputed", body["order"], body.get("customer", "unknown"), {"reference": reference}
    )
    request.app.state.publisher.publish(event)
    logger.warning("payment %s is disputed", reference)
    return {"state": "noted"}


def _processor(method: str, request: Request) -> PaymentProcessor:
    registry = ProcessorRegistry()
    if method not in registry.methods():
        settings = request.app.state.settings
        gateway = build_gateway(method, settings.gateway_url, settings.gateway_token)
        registry.register(method, PaymentProcessor(gateway, request.app.state.publisher))
    return registry.get(method)
