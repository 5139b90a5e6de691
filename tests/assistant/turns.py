"""A turn server with the trained model, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from typing import Any

SECRET = "a secret of these tests"
READY_SECONDS = 60


class Assistant:
    """Starts a turn server, asks it, and stops it."""

    def __init__(self) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "assistant.server", "--models", "models"],
            env={**os.environ, "CHOCHE_ASSISTANT_SECRET": SECRET, "SQLALCHEMY_SILENCE_UBER_WARNING": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._output,
        )
        self.url = f"http://127.0.0.1:{json.loads(self.process.stdout.readline())['port']}"
        ends = time.monotonic() + READY_SECONDS
        while self.get("/healthz")["state"] == "loading" and time.monotonic() < ends:
            time.sleep(0.1)

    def stop(self) -> bytes:
        """End it; gives what it printed, which must be nothing."""
        self.process.stdin.close()
        self.process.wait(10)
        printed = self.process.stdout.read()
        self.process.stdout.close()
        self._output.seek(0)
        printed += self._output.read()
        self._output.close()
        return printed

    def get(self, path: str) -> dict[str, Any]:
        """Give what a path answers."""
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return json.load(response)

    def turn(self, text: str, state: str | None = None, secret: str = SECRET) -> dict[str, Any]:
        """Give the answer to a message."""
        body = json.dumps({"conversation": "c", "text": text, "state": state}).encode()
        request = urllib.request.Request(self.url + "/turn", body, {"X-Choche-Secret": secret})
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)
