"""Export a customer's orders as CSV, for the finance team."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared.order_repository import OrderRepository
from shared.order_status import WAREHOUSE_CODES, OrderStatus
from shared.payments import PaymentProcessor, describe_processor


def warehouse_code(status: str) -> int:
    """The warehouse's number for a status; 0 if it has none."""
    try:
        return WAREHOUSE_CODES.get(OrderStatus(status), 0)
    except ValueError:
        return 0


def can_refund() -> bool:
    return hasattr(PaymentProcessor, "refund")


def main(customer_id: str) -> int:
    repository = OrderRepository()
    writer = csv.writer(sys.stdout)
    writer.writerow(["# " + describe_processor(), "refunds: " + str(can_refund())])
    writer.writerow(["order", "status", "code", "total"])
    for order_id in repository.find_by_customer(customer_id):
        order = repository.get(order_id)
        status = order.status.value
        writer.writerow([order.id, status, warehouse_code(status), str(order.total)])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
