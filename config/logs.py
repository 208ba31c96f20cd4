"""One line an event, with names and ids; never bodies, never what a person wrote."""

import json
import logging
import time
from typing import Any

# “data” is what Celery adds: a task's arguments.
PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request", "server_time", "data"}


class LineFormatter(logging.Formatter):
    """time level logger message key=value… on one line, whatever the message holds."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        when = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z"
        message = record.getMessage()
        facts = {name: value for name, value in vars(record).items() if name not in PLAIN and not name.startswith("_")}
        parts = [when, record.levelname.lower(), record.name, _one_line(message), *_pairs(facts)]
        if record.exc_info:
            parts.append(f"traceback={json.dumps(self.formatException(record.exc_info))}")
        return " ".join(parts)


def _pairs(facts: dict[str, Any]) -> list[str]:
    return [f"{name}={json.dumps(value, default=str)}" for name, value in sorted(facts.items())]


def _one_line(message: str) -> str:
    """A line break in a message would let its author write log lines of their own."""
    return (
        message.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
        if not message.isprintable()
        else message
    )


def settings_for(process: str, level: str) -> dict[str, Any]:
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "config.logs.LineFormatter"}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["lines"], "level": level.upper() if process != "command" else "WARNING"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": quiet,
            # Any scanner can write these lines.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.security.BadCursor": {"level": "CRITICAL"},
            # It logs the parameters of each statement, and parameters may be secret.
            "django.db.backends": {"level": "ERROR"},
            # One line for each task and each beat of the clock only when somebody is looking for something.
            "celery": {"level": "INFO" if level == "debug" else "WARNING"},
            "stripe": quiet,
            "urllib3": quiet,
            "botocore": quiet,
            "PIL": quiet,
            "asyncio": quiet,
        },
    }
