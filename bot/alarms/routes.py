"""Roads that lead out of the desk: an address or a command of the administrator's, for SMS, voice or what they have."""

from __future__ import annotations

import asyncio

import aiohttp

from bot.alarms.ladder import Cause
from bot.alarms.watch import Alarm
from bot.triage.urgency import Urgency

URGENCIES = {Urgency.EMERGENCY: "KHẨN CẤP", Urgency.URGENT: "KHẨN"}
CAUSES = {
    Cause.UNCLAIMED: "chưa có ai nhận",
    Cause.DANGER_AGAIN: "lại có dấu hiệu nguy hiểm",
    Cause.SILENT: "người nhắn đang chờ trả lời",
    Cause.OPERATOR_GONE: "người giữ ca không còn ở bàn trực",
    Cause.UNDELIVERED: "tin trả lời chưa tới nơi",
    Cause.WINDOW_CLOSING: "sắp hết hạn trả lời trên kênh này",
}


def words(alarm: Alarm) -> str:
    """Give an alarm in words: number, urgency, what is wrong, how long; nothing about the person."""
    drill = "DIỄN TẬP – " if alarm.drill else ""
    urgency = f" {URGENCIES[alarm.urgency]}" if alarm.urgency in URGENCIES else ""
    waited = f" ({round(alarm.waited)} giây)" if alarm.waited >= 1 else ""
    return f"{drill}Chở Che: ca {alarm.case}{urgency} – {CAUSES[alarm.cause]}{waited}. Mở bàn trực."


class WebhookRoute:
    """Posts an alarm to an address."""

    name = "webhook"

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def sound(self, alarm: Alarm) -> bool:
        """Post it; any answer below 300 counts."""
        body = {
            "case": alarm.case,
            "urgency": alarm.urgency.label,
            "cause": alarm.cause,
            "whom": alarm.whom,
            "drill": alarm.drill,
            "text": words(alarm),
        }
        try:
            async with self._session.post(self._url, json=body) as response:
                return response.status < 300
        except (aiohttp.ClientError, OSError):
            return False


class CommandRoute:
    """Runs a program with the alarm's words as its one argument."""

    name = "command"

    def __init__(self, command: str) -> None:
        self._command = command

    async def sound(self, alarm: Alarm) -> bool:
        """Run it; exit status 0 counts."""
        try:
            process = await asyncio.create_subprocess_exec(
                self._command,
                words(alarm),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError:
            return False
        try:
            return await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
