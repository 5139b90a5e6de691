"""The turn server: loopback only, one secret, and nothing kept between turns.

`python -m assistant.server --models models` prints one line, `{"port": N}`, and dies with whoever started it.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import hmac
import json
import logging
import os
import signal
import sys
import threading
import uuid
import warnings
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from assistant import without_tensorflow
from vietnamese.urgency import LEVELS

SECRET = "CHOCHE_ASSISTANT_SECRET"  # noqa: S105 - the name of a variable, not a secret
PR_SET_PDEATHSIG = 1
LONGEST_BODY = 200_000
LONGEST_TEXT = 2_000


@dataclass
class Server:
    """Answers turns as soon as the model is loaded."""

    models: str
    secret: str
    state: str = "loading"
    agent: Any = None

    def load(self) -> None:
        """Load the model; slow, so it runs beside the server."""
        try:
            without_tensorflow.install()
            from rasa.core.agent import load_agent

            from assistant.in_process import run_actions_here

            run_actions_here("actions")
            agent = asyncio.run(load_agent(self.models))
            if not agent.is_ready():
                raise FileNotFoundError(self.models)
            self.agent, self.state = agent, "ready"
        except Exception as error:
            print(f"assistant: cannot load its model: {type(error).__name__}", file=sys.stderr)
            self.state = "failed"

    async def health(self, _request: web.Request) -> web.Response:
        """Say whether turns are answered."""
        return web.json_response({"state": self.state})

    async def turn(self, request: web.Request) -> web.Response:
        """Answer one turn."""
        given = request.headers.get("X-Choche-Secret", "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            raise web.HTTPForbidden
        if self.state != "ready":
            raise web.HTTPServiceUnavailable
        try:
            body = await request.json()
            text, state = str(body["text"])[:LONGEST_TEXT], body.get("state")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise web.HTTPBadRequest from None
        return web.json_response(await answer(self.agent, text, state if isinstance(state, str) else None))


async def answer(agent: Any, text: str, state: str | None) -> dict[str, Any]:
    """Run one turn of the dialogue from the state that came with it, and give the state after it."""
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    from assistant.state import pack, unpack

    sender = uuid.uuid4().hex
    store = agent.tracker_store
    # A lone surrogate is no character: it cannot be stored or matched.
    text = text.encode("utf-8", "ignore").decode() or " "
    await store.save(unpack(state, sender, agent.domain))
    try:
        message = UserMessage(text, CollectingOutputChannel(), sender, input_channel="turn")
        said = await agent.handle_message(message) or []
        tracker = await store.retrieve(sender)
        return {"replies": _replies(said), "reading": _reading(tracker), "state": pack(tracker)}
    finally:
        await _forget(store, sender)


async def _forget(store: Any, sender: str) -> None:
    for kept in (store, getattr(store, "_tracker_store", None)):
        if hasattr(kept, "store"):
            kept.store.pop(sender, None)


def _replies(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    replies: list[dict[str, Any]] = []
    for item in said:
        if item.get("text"):
            buttons = [button["title"] for button in item.get("buttons", [])]
            replies.append({"text": item["text"], "buttons": buttons, "image": ""})
        elif item.get("image") and replies:
            # Rasa hands out a response's picture after its text, as a message of its own.
            replies[-1]["image"] = item["image"]
    return replies


OUTCOMES = {"not_safe": "urgent", "perhaps_not_safe": "concern"}
"""What an answer to the assistant's own question means, which its words alone ("không") do not say."""


def _reading(tracker: Any) -> dict[str, Any]:
    from assistant.state import set_now

    parsed = tracker.latest_message.parse_data
    intent = parsed.get("intent", {})
    name = intent.get("name") or "none"
    if name == "faq":
        name = parsed["response_selector"]["faq"]["response"]["intent_response_key"]
    urgency = (parsed.get("urgency") or {}).get("name", "none")
    if (outcome := set_now(tracker, "outcome")) in OUTCOMES:
        name, urgency = outcome, max(urgency, OUTCOMES[outcome], key=LEVELS.index)
    return {"intent": name, "confidence": float(intent.get("confidence") or 0.0), "urgency": urgency}


def die_with_parent() -> None:
    """End when the gateway ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait_for_end, daemon=True).start()


def keep_silent() -> None:
    """Let nothing out from here on: Rasa prints messages when it logs, and nobody reads this process's output."""
    logging.disable(logging.ERROR)
    warnings.showwarning = lambda *_, **__: None
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(),
    )
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


async def serve(server: Server) -> None:
    """Listen on a free port of loopback, say which, and load the model."""
    app = web.Application(client_max_size=LONGEST_BODY)
    app.add_routes([web.get("/healthz", server.health), web.post("/turn", server.turn)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    keep_silent()
    threading.Thread(target=server.load, daemon=True).start()
    await asyncio.Event().wait()


def main() -> None:
    """Start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default="models")
    arguments = parser.parse_args()
    secret = os.environ.get(SECRET)
    if not secret:
        sys.exit(f"{SECRET} must be set")
    die_with_parent()
    asyncio.run(serve(Server(arguments.models, secret)))


if __name__ == "__main__":
    main()
