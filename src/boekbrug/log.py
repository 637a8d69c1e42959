"""The log: one line per event with a sentence and a stable action word, and never a secret.

Call as `log.get("exact").info("call.refused", path=path, status=500)`. Keys that name a secret are blanked, and so
is whatever looks like a bearer token, a password in an address or a Fernet token, wherever it stands in the line.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, cast

import structlog

_SECRET_KEY = re.compile(
    r"(secret|token|password|passwd|authorization|api[-_]?key|cookie|credential|client_id)", re.IGNORECASE
)
_SECRET_TEXT = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=!-]{8,}"), r"\1 ***"),
    (re.compile(r"(\w+://[^\s:/@]*):[^\s/]+@"), r"\1:***@"),
    (re.compile(r"\bgAAAAA[\w=-]{20,}"), "***"),
    (re.compile(r"(/hooks/coachview/)[^\s\"'?]+"), r"\1***"),
    (re.compile(r"(/begin/)[\w-]{16,}"), r"\1***"),
    (re.compile(r"(/gedeeld/)[\w-]{16,}"), r"\1***"),
    (
        re.compile(
            r"(?i)\b((?:access_token|refresh_token|client_secret|password|code|webhook_secret)"
            r"[\"']?\s*[=:]\s*)('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s\"'&,}]+)"
        ),
        r"\1***",
    ),
)
_BLANK = "***"


def configure(*, level: int = logging.INFO, json: bool | None = None) -> None:
    """Send structlog and the standard library's logging to standard error; JSON lines when nobody sits there."""
    as_json = not sys.stderr.isatty() if json is None else json
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        blank_secrets,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, blank_secrets, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.set_name("boekbrug")
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if other.get_name() != "boekbrug"] + [handler]
    root.setLevel(level)
    for name in ("httpx2", "httpcore2", "procrastinate", "asyncio", "fontTools"):
        logging.getLogger(name).setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that carries its room's name; whoever comes first sets the log up: no line escapes the blanks."""
    if not structlog.is_configured():
        configure()
    return cast("structlog.stdlib.BoundLogger", structlog.get_logger(f"boekbrug.{name}"))


def blank_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what is or looks secret in one log event, at any depth."""
    return {key: value if key.startswith("_") else _blanked(key, value) for key, value in event.items()}


def without_secrets(text: str) -> str:
    """The text with everything blanked that looks like a token or a password."""
    for pattern, replacement in _SECRET_TEXT:
        text = pattern.sub(replacement, text)
    return text


def _blanked(key: str, value: Any) -> Any:
    if _SECRET_KEY.search(key) and value not in (None, "", True, False):
        return _BLANK
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {inner: _blanked(str(inner), content) for inner, content in value.items()}
    if isinstance(value, list | tuple):
        return [_blanked(key, content) for content in value]
    return value
