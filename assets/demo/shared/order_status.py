"""Order states as the warehouse and the reports know them."""

import enum


class OrderStatus(enum.Enum):
    """Has the states of the returns desk, which the backend does not know."""

    NEW = "new"
    PAID = "paid"
    PICKED = "picked"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURN_REQUESTED = "return_requested"
    RETURNED = "returned"

    @property
    def is_final(self) -> bool:
        return self in (OrderStatus.DELIVERED, OrderStatus.RETURNED)


WAREHOUSE_CODES = {
    OrderStatus.PICKED: 20,
    OrderStatus.SHIPPED: 30,
    OrderStatus.DELIVERED: 40,
}
