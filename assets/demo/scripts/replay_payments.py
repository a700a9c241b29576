"""Replay payments from a file of JSON lines, one payment a line.

    python scripts/replay_payments.py payments.jsonl [--emergency]
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "backend"))

from app.payments import PaymentProcessor
from backend.app.events import EventPublisher
from backend.app.gateways import build_gateway
from backend.app.payments.emergency import PaymentProcessor as EmergencyProcessor
from shared.money import Money
from shared.payment_types import PaymentRequest

GATEWAY_URL = os.environ.get("PAYMENT_GATEWAY_URL", "http://127.0.0.1:8001/gateway")


def requests(path: Path) -> list[PaymentRequest]:
    """Read the payments to replay."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        found.append(
            PaymentRequest(
                entry["order_id"],
                entry["customer_id"],
                Money.of(entry["amount"]),
                idempotency_key=entry.get("key"),
            )
        )
    return found


def main(arguments: list[str]) -> int:
    emergency = "--emergency" in arguments
    paths = [Path(argument) for argument in arguments if not argument.startswith("--")]
    gateway = build_gateway("card", GATEWAY_URL)
    publisher = EventPublisher(strict=False)
    if emergency:
        processor = EmergencyProcessor(gateway, publisher)
    else:
        processor = PaymentProcessor(gateway, publisher)
    for path in paths:
        for request in requests(path):
            result = processor.charge(request)
            print(request.order_id, result.reference, result.state.value)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
