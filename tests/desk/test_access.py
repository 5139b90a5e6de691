"""Who may do what: every route, by role, on a case of one's own and on a colleague's."""

from __future__ import annotations

from contextlib import AsyncExitStack
from itertools import count

import aiohttp
import pytest

from bot.app import make_app
from bot.gateway import Gateway
from bot.roster import Role
from tests.conftest import Clock, Person, add_operator
from tests.desk.conftest import EMERGENCY, Browser, at_desk, browser, frame_with

STRANGER = "stranger"
WHO = (STRANGER, Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)

OPEN_TO_ALL = {
    ("GET", "/desk/login"),
    ("POST", "/desk/login"),
    ("POST", "/desk/logout"),
    ("GET", "/desk/invitation/{token}"),
    ("POST", "/desk/invitation/{token}"),
    ("GET", "/desk/language/{code}"),
    ("GET", "/desk/words.js"),
}
"""Routes that know nobody yet: forms with a token of their own, and words."""

ROUTES = {
    # (method, route): status for a stranger, an operator, a supervisor, an administrator
    ("GET", "/desk"): (303, 200, 200, 200),
    ("GET", "/desk/ws"): (403, 101, 101, 101),
    ("GET", "/desk/at-hand"): (403, 200, 200, 200),
    ("GET", "/desk/letters"): (403, 200, 200, 200),
    ("GET", "/desk/team"): (403, 403, 403, 200),
    ("POST", "/desk/duty"): (403, 200, 200, 403),
    ("POST", "/desk/team/{id}"): (403, 403, 403, 200),
    ("POST", "/desk/cases/{number}/{action}"): (403, 409, 409, 403),
}
BODIES = {"/desk/duty": {"duty": "on"}, "/desk/team/{id}": {"role": "operator", "capacity": 3}}

ACTIONS = {
    # action: on a case of one's own, on a colleague's as an operator, on a colleague's as a supervisor
    "claim": (409, 409, 409),
    "reply": (200, 409, 409),
    "note": (200, 409, 409),
    "hand-over": (200, 409, 409),
    "take-back": (409, 409, 409),
    "take-over": (409, 409, 200),
    "close": (200, 409, 409),
    "return": (200, 409, 409),
}

READS = {
    # a case: a stranger, an operator, a supervisor, an administrator
    "waiting": (False, True, True, False),
    "own": (False, True, True, False),
    "own closed": (False, True, True, False),
    "a colleague's": (False, False, True, False),
    "a colleague's closed": (False, False, True, False),
}


class Cases:
    """Makes cases, each of a person of its own."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._numbers = count(1)

    async def waiting(self) -> int:
        number = next(self._numbers)
        await Person(self._gateway, f"người {number}").write(EMERGENCY)
        return number

    async def held_by(self, operator: int, closed: bool = False) -> int:
        from bot.handoff import Closing

        number = await self.waiting()
        async with self._gateway.store.writing() as db:
            await self._gateway.handoff.claim(db, number, operator)
            if closed:
                await self._gateway.handoff.close(db, number, operator, Closing())
        return number


async def come(stack: AsyncExitStack, gateway: Gateway, address: str, who: str) -> Browser:
    room = browser(address) if who == STRANGER else at_desk(gateway, address, "lan", Role(who))
    return await stack.enter_async_context(room)


async def status(one: Browser, method: str, path: str, **body: object) -> int:
    if path == "/desk/ws":
        try:
            async with one.socket():
                return 101
        except aiohttp.WSServerHandshakeError as error:
            return error.status
    headers = {"X-CSRF": one.csrf}
    async with one.session.request(
        method, one.url + path, json=body or None, headers=headers, allow_redirects=False
    ) as response:
        return response.status


async def test_every_route_stands_in_the_matrix(gateway: Gateway) -> None:
    routes = {
        (route.method, route.resource.canonical)
        for route in make_app(gateway).router.routes()
        if route.resource and route.resource.canonical.startswith("/desk") and route.method != "HEAD"
    }
    assert routes == ROUTES.keys() | OPEN_TO_ALL


@pytest.mark.parametrize("who", WHO)
async def test_each_route_by_role(gateway: Gateway, address: str, who: str) -> None:
    place = WHO.index(who)
    huy = await add_operator(gateway, "huy")
    async with AsyncExitStack() as stack:
        one = await come(stack, gateway, address, who)
        for (method, route), expected in ROUTES.items():
            path = route.format(id=huy, number=99, action="note")
            body = BODIES.get(route, {"text": "x"}) if method == "POST" else {}
            assert (route, await status(one, method, path, **body)) == (route, expected[place])
            if method == "POST":
                forged = Browser(one.session, one.url)
                assert (route, await status(forged, method, path, **body)) == (route, 403)


@pytest.mark.parametrize("who", WHO)
async def test_each_action_by_role_on_ones_own_and_on_a_colleagues_case(
    gateway: Gateway, address: str, clock: Clock, who: str
) -> None:
    huy, made = await add_operator(gateway, "huy"), Cases(gateway)
    words = {"text": "Ghi lại.", "to": None}
    async with AsyncExitStack() as stack:
        one = await come(stack, gateway, address, who)
        works = who in (Role.OPERATOR, Role.SUPERVISOR)
        for action, (own, as_operator, as_supervisor) in ACTIONS.items():
            theirs = as_supervisor if who == Role.SUPERVISOR else as_operator
            number = await made.held_by(huy)
            assert (action, await one.act(number, action, id=action, **words)) == (
                action,
                theirs if works else 403,
            )
            if works:
                number = await made.held_by(one.id)
                assert (action, await one.act(number, action, id=f"own {action}", **words)) == (action, own)


@pytest.mark.parametrize("who", WHO[1:])
async def test_each_reading_by_role(gateway: Gateway, address: str, who: str) -> None:
    place = WHO.index(who)
    huy, made = await add_operator(gateway, "huy"), Cases(gateway)
    async with AsyncExitStack() as stack:
        one = await come(stack, gateway, address, who)
        # An administrator holds nothing: what would be theirs is a colleague's.
        me = one.id if who != Role.ADMINISTRATOR else huy
        numbers = {
            "waiting": await made.waiting(),
            "own": await made.held_by(me),
            "own closed": await made.held_by(me, closed=True),
            "a colleague's": await made.held_by(huy),
            "a colleague's closed": await made.held_by(huy, closed=True),
        }
        for case, number in numbers.items():
            assert (case, await one.reads(number)) == (case, READS[case][place])
        listed = {item["number"] for item in await one.cases()}
        readable = {numbers[case] for case in numbers if READS[case][place] and "closed" not in case}
        assert listed == readable


async def test_an_administrators_open_page_makes_nobody_reachable(gateway: Gateway, address: str) -> None:
    async with at_desk(gateway, address, "vy", Role.ADMINISTRATOR) as vy:
        async with gateway.store.writing() as db:
            await gateway.roster.lost(db, vy.id)
        await vy.cases()
        async with gateway.store.reading() as db:
            assert not await gateway.roster.anyone(db)


async def test_who_loses_a_role_loses_it_at_once(gateway: Gateway, address: str, lan: Browser) -> None:
    async with at_desk(gateway, address, "vy", Role.ADMINISTRATOR) as vy:
        async with lan.socket() as socket:
            await socket.send_json({"open": await Cases(gateway).held_by(lan.id)})
            await frame_with(socket, "transcript")
            status, _ = await vy.post(f"/desk/team/{lan.id}", role="administrator", capacity=3)
            assert status == 200
            assert (await frame_with(socket, "refused"))["refused"] == 1
            assert (await frame_with(socket, "cases"))["cases"] == []
        assert await lan.act(1, "note", text="x") == 403
        # Nobody locks themselves out.
        assert (await vy.post(f"/desk/team/{vy.id}", role="operator", capacity=3))[0] == 409
        assert (await vy.post(f"/desk/team/{lan.id}", role="operator", capacity=99))[0] == 400
