"""What money announces to whoever listens (config wires integrations to these)."""

from django.dispatch import Signal

sale_completed = Signal()  # order: Order, lines: list[OrderLine]
refund_completed = Signal()  # refund: Refund
payout_sent = Signal()  # payout: Payout
