"""A plain table of sales tax by country, for sessions with automatic tax."""

RATES_BPS = {
    "AT": 2000, "AU": 1000, "BE": 2100, "BG": 2000, "CA": 500, "CH": 810, "CY": 1900, "CZ": 2100, "DE": 1900,
    "DK": 2500, "EE": 2400, "ES": 2100, "FI": 2550, "FR": 2000, "GB": 2000, "GR": 2400, "HR": 2500, "HU": 2700,
    "IE": 2300, "IN": 1800, "IT": 2200, "JP": 1000, "LT": 2100, "LU": 1700, "LV": 2100, "MT": 1800, "NL": 2100,
    "NO": 2500, "NZ": 1500, "PL": 2300, "PT": 2300, "RO": 2100, "SE": 2500, "SI": 2200, "SK": 2300, "US": 0,
}  # fmt: skip


def rate(country: str | None) -> int:
    """In basis points; 0 where nothing is known of the country."""
    return RATES_BPS.get((country or "").upper(), 0)


def of(amount: int, bps: int, *, inclusive: bool) -> int:
    """The tax in an amount (inclusive) or on it, rounded half up."""
    if inclusive:
        return (amount * bps * 2 + 10_000 + bps) // (2 * (10_000 + bps))
    return (amount * bps + 5_000) // 10_000
