"""Gateways to those who move the money."""

from __future__ import annotations

from functools import lru_cache

from backend.app.gateways.base import PaymentGateway
from backend.app.gateways.card import CardGateway
from backend.app.gateways.transfer import BankTransferGateway
from backend.app.gateways.voucher import VoucherGateway
from backend.app.gateways.wallet import WalletGateway

__all__ = [
    "BankTransferGateway",
    "CardGateway",
    "PaymentGateway",
    "VoucherGateway",
    "WalletGateway",
    "build_gateway",
    "get_voucher_gateway",
]

GATEWAYS: dict[str, type[PaymentGateway]] = {
    "card": CardGateway,
    "transfer": BankTransferGateway,
    "voucher": VoucherGateway,
    "wallet": WalletGateway,
}


def build_gateway(method: str, base_url: str, token: str = "") -> PaymentGateway:
    """Build the gateway for a payment method."""
    try:
        gateway_class = GATEWAYS[method]
    except KeyError:
        raise ValueError(f"no gateway for payment method {method!r}") from None
    return gateway_class(base_url, token)


@lru_cache(maxsize=1)
def get_voucher_gateway() -> VoucherGateway:
    """Vouchers are balanced in memory, so everybody must see the same ones."""
    return VoucherGateway("memory:", "")
