"""What notebooks and the shell start with: `from backend.app.prelude import *`."""

from backend.app.events import *
from backend.app.orders import *
from backend.app.payments.core import *
from shared.money import Money
