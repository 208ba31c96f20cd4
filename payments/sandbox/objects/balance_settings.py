"""How an account is paid out: schedule, minimum balance, settlement delay."""

from payments.sandbox import events
from payments.sandbox.api import Given, get, post
from payments.sandbox.objects.payouts import WEEKDAYS, owner_of
from payments.sandbox.params import ANY, FLAG, Choice, Group, Integer, Kind, Several, Text, choice
from payments.sandbox.store import Record
from payments.sandbox.work import Work


class DelayDays(Kind):
    """A number of days, or an empty text for the usual ones."""

    def read(self, value: object, where: str) -> int | None:
        return None if value in ("", None) else Integer(0, 60).read(value, where)


PAYMENTS = Group(
    {
        "debit_negative_balances": FLAG,
        "payouts": Group(
            {
                "automatic_transfer_rules_by_currency": ANY,
                "minimum_balance_by_currency": ANY,
                "schedule": Group(
                    {
                        "interval": choice("daily", "manual", "monthly", "weekly"),
                        "monthly_payout_days": Several(Integer(1, 31)),
                        "weekly_payout_days": Several(Choice(WEEKDAYS[:5])),
                    }
                ),
                "statement_descriptor": Text(22),
            }
        ),
        "settlement_timing": Group({"delay_days_override": DelayDays(), "start_of_day": ANY}),
    }
)


def view(owner: Record) -> Record:
    enabled = owner["payouts"]["status"] == "active" or not owner["recipient"]
    return {
        "object": "balance_settings",
        "payments": {
            "debit_negative_balances": owner["debit_negative_balances"],
            "payouts": {
                "automatic_transfer_rules_by_currency": {},  # the SDK trips over null
                "minimum_balance_by_currency": owner["minimum_balance"],
                "schedule": owner["schedule"],
                "statement_descriptor": owner["payout_descriptor"],
                "status": "enabled" if enabled else "disabled",
            },
            "settlement_timing": {"delay_days": owner["delay_days"], "start_of_day": None},
        },
    }


@get("/v1/balance_settings")
def retrieve(work: Work, given: Given) -> Record:
    return view(owner_of(work))


@post("/v1/balance_settings", {"payments": PAYMENTS})
def update(work: Work, given: Given) -> Record:
    owner = owner_of(work)
    before = view(owner)
    payments = given.get("payments") or {}
    if "debit_negative_balances" in payments:
        owner["debit_negative_balances"] = payments["debit_negative_balances"]
    timing = payments.get("settlement_timing") or {}
    if "delay_days_override" in timing:
        owner["delay_days"] = 2 if timing["delay_days_override"] is None else timing["delay_days_override"]
    change_payouts(owner, payments.get("payouts") or {})
    work.rows.save(owner)
    if view(owner) != before:
        events.emit(work, "balance_settings.updated", view(owner), {"payments": before["payments"]})
    return view(owner)


def change_payouts(owner: Record, given: Given) -> None:
    if schedule := given.get("schedule"):
        interval = schedule.get("interval") or owner["schedule"]["interval"]
        kept = {"interval": interval}
        days = f"{interval}_payout_days"
        if interval in ("weekly", "monthly"):
            kept[days] = (
                schedule.get(days) or owner["schedule"].get(days) or (["monday"] if interval == "weekly" else [1])
            )
        owner["schedule"] = kept
    if "minimum_balance_by_currency" in given:
        wanted = given["minimum_balance_by_currency"]
        minimum = owner["minimum_balance"] or {}
        if isinstance(wanted, dict):
            merged = {**minimum, **wanted}
            found = {
                currency: Integer(0).read(value, f"payments[payouts][minimum_balance_by_currency][{currency}]")
                for currency, value in merged.items()
                if value not in ("", None)
            }
            owner["minimum_balance"] = found or None
        else:
            owner["minimum_balance"] = None
    if "statement_descriptor" in given:
        owner["payout_descriptor"] = given["statement_descriptor"] or None
