"""Typed readers of the environment: a value that cannot be read stops the start with one sentence."""

import base64
import os
import secrets
from collections.abc import Collection
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
TRUE = {"1", "true", "yes", "on"}
KEY_BYTES = 32
FALSE = {"0", "false", "no", "off"}


class Misconfigured(SystemExit):
    """A setting is missing or unreadable; the process ends with this sentence and a non-zero code."""


def load(path: Path | None = None) -> None:
    """Read a .env file; what the environment already says wins."""
    chosen = path or Path(os.environ.get("ENV_FILE", ROOT / ".env"))
    if not chosen.is_file():
        return
    for number, line in enumerate(chosen.read_text(encoding="utf-8").splitlines(), start=1):
        entry = line.strip().removeprefix("export ")
        if not entry or entry.startswith("#"):
            continue
        name, separator, value = entry.partition("=")
        if not separator or not name.strip().isidentifier():
            raise Misconfigured(f"{chosen.name}, line {number}: expected NAME=value.")
        os.environ.setdefault(name.strip(), _unquoted(value.strip()))


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value.split(" #", 1)[0].rstrip()


def present(name: str) -> bool:
    return bool(os.environ.get(name))


def text(name: str, default: str | None) -> str:
    """Empty counts as absent; no default means the value is required."""
    value = os.environ.get(name) or default
    if value is None:
        raise Misconfigured(f"{name} is not set, and this installation (DEBUG off) cannot start without it.")
    return value


def secret(name: str, default: str | None, *, shortest: int = 32) -> str:
    """Like text, but a value too short or too plain to be a secret is refused as well."""
    value = text(name, default)
    if value != default and (len(value) < shortest or len(set(value)) < 5 or value.startswith("django-insecure-")):
        raise Misconfigured(f"{name} is too short or too simple to be a secret: {shortest} random characters at least.")
    return value


def keys(name: str, default: str | None) -> list[str]:
    """Encryption keys, comma-separated: 32 bytes each in URL-safe base64."""
    found = [key.strip() for key in text(name, default).split(",") if key.strip()]
    if not found:
        raise Misconfigured(f"{name} holds no key: 32 random bytes in URL-safe base64.")
    for key in found:
        try:
            right = len(base64.urlsafe_b64decode(key)) == KEY_BYTES
        except ValueError:
            right = False
        if not right:
            raise Misconfigured(f"{name} holds something that is not a key: 32 random bytes in URL-safe base64.")
    return found


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise Misconfigured(f"{name} must be on or off, not “{value}”.")
    return value in TRUE


def number(name: str, default: int, *, least: int | None = 0, most: int | None = None) -> int:
    value = os.environ.get(name, "").strip()
    try:
        amount = int(value) if value else default
    except ValueError:
        raise Misconfigured(f"{name} must be a whole number, not “{value}”.") from None
    if (least is not None and amount < least) or (most is not None and amount > most):
        raise Misconfigured(f"{name} is {amount}, outside what is allowed ({least} to {most or 'any'}).")
    return amount


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] or default


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default).lower()
    if value not in allowed:
        raise Misconfigured(f"{name} must be one of {', '.join(allowed)}, not “{value}”.")
    return value


def address(name: str, default: str | None, *schemes: str, needs_host: bool = True) -> str:
    """An address that begins with one of these schemes; empty stays empty where the default is."""
    value = text(name, default)
    parts = _parts(value)
    if value and (parts is None or parts.scheme not in schemes or (needs_host and not parts.hostname)):
        allowed = " or ".join(f"{scheme}://" for scheme in schemes)
        raise Misconfigured(f"{name} must be a whole address that begins with {allowed}.")
    return value


def broker(name: str, default: str) -> str:
    """The address of a message broker that Celery can speak to."""
    from kombu.transport import TRANSPORT_ALIASES

    value = text(name, default)
    if any(one.partition("://")[0].partition("+")[0] not in TRANSPORT_ALIASES for one in value.split(";")):
        raise Misconfigured(f"{name} must be the address of a broker, such as redis://host:6379/0 or amqp://host.")
    return value


def code(name: str, default: str, known: Collection[str]) -> str:
    """One of many codes, in small letters."""
    value = text(name, default).strip().lower()
    if value not in known:
        raise Misconfigured(f"{name} is “{value}”, which is no code that is known here.")
    return value


def kept(path: Path, make: str | None = None) -> str:
    """A development secret: generated once, kept in a file only its owner reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make or secrets.token_urlsafe(48))
        try:
            # A link fails when another process was first, so all of them read the same secret.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def has_port(url: str) -> bool:
    """Whether the port in it is a number, or there is none."""
    return _parts(url) is not None


def _parts(url: str) -> SplitResult | None:
    """None where it cannot be taken apart."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return None
    return parts


def database(url: str, *, name: str = "DATABASE_URL") -> dict[str, object]:
    """Django's settings for a PostgreSQL address; a socket folder comes as ?host=/folder."""
    parts = _parts(url)
    if parts is None or parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise Misconfigured(f"{name} must look like postgresql://user:password@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    port = options.pop("port", str(parts.port or ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }
