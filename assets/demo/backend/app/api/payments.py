"""Routes for payments."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request

from backend.app.errors import PaymentError
from backend.app.orders import OrderRepository
from backend.app.payments import PaymentProcessor, create_payment_processor
from backend.app.payments.bridge import GatewayBridge
from backend.app.payments.checkout import Checkout
from backend.app.services import RefundService

router = APIRouter(prefix="/payments", tags=["payments"])


def _processor(request: Request) -> PaymentProcessor:
    state = request.app.state
    return create_payment_processor(state.settings, state.publisher)


@router.get("/{reference}")
def payment_status(reference: str, request: Request) -> dict[str, str]:
    try:
        state = _processor(request).status(reference)
    except PaymentError as exc:
        raise HTTPException(502, str(exc)) from exc
    return {"reference": reference, "state": state.value}


@router.post("/checkout/{order_id}")
def check_out(order_id: str, request: Request, method: str = "card") -> dict[str, str]:
    state = request.app.state
    order = OrderRepository().get(order_id)
    checkout = Checkout(GatewayBridge(state.settings, state.publisher))
    try:
        reference = checkout.pay(order, method)
    except PaymentError as exc:
        raise HTTPException(402, str(exc)) from exc
    return {"reference": reference, "status": order.status.value}


@router.post("/refund/{order_id}")
def refund(order_id: str, days_since_delivery: int, request: Request) -> dict[str, str]:
    state = request.app.state
    order = OrderRepository().get(order_id)
    service = RefundService(state.settings, state.publisher)
    try:
        result = service.refund_order(order, days_since_delivery)
    except PaymentError as exc:
        raise HTTPException(409, str(exc)) from exc
    return {"reference": result.reference, "amount": str(result.amount)}
