"""The order and payment backend of the Quillfern shop."""

__version__ = "4.12.0"
