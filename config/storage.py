"""Files of people in a folder of this machine, where no object store is configured."""

import logging
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage

from common import problems

log = logging.getLogger(__name__)


class WholeFiles(FileSystemStorage):
    """A file is there whole or not at all: what a full disk cut off is taken away again."""

    def _save(self, name: str, content: IO[Any]) -> str:
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # the stubs leave it out
        except OSError as trouble:
            log.error("A file could not be stored", extra={"cause": type(trouble).__name__, "code": trouble.errno})
            Path(self.path(name)).unlink(missing_ok=True)
            raise problems.unavailable() from None
