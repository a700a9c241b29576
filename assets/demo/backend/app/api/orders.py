"""Routes for orders."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from backend.app.errors import OrderNotFound, OutOfStock, PaymentDeclined
from backend.app.orders import OrderRepository
from backend.app.orders.service import OrderService
from backend.app.payments import create_payment_processor

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/orders", tags=["orders"])


def _service(request: Request) -> OrderService:
    state = request.app.state
    processor = create_payment_processor(state.settings, state.publisher)
    return OrderService(OrderRepository(), processor, state.publisher)


@router.get("/{order_id}")
def show_order(order_id: str) -> dict[str, Any]:
    try:
        order = OrderRepository().get(order_id)
    except OrderNotFound as exc:
        raise HTTPException(404, str(exc)) from exc
    return {"id": order.id, "status": order.status.value, "total": str(order.total)}


@router.post("/{order_id}/place")
def place_order(order_id: str, request: Request) -> dict[str, str]:
    service = _service(request)
    try:
        order = service.place(OrderRepository().get(order_id))
        order = service.pay(order)
    except OrderNotFound as exc:
        raise HTTPException(404, str(exc)) from exc
    except OutOfStock as exc:
        raise HTTPException(409, str(exc)) from exc
    except PaymentDeclined as exc:
        raise HTTPException(402, str(exc)) from exc
    return {"id": order.id, "status": order.status.value}


@router.post("/{order_id}/cancel")
def cancel_order(order_id: str, request: Request, reason: str = "") -> dict[str, str]:
    order = _service(request).cancel(order_id, reason)
    logger.info("order %s cancelled by customer", order_id)
    return {"id": order.id, "status": order.status.value}
