"""The doors of the desk: signing in and out, and the one-time link that sets a password."""

from __future__ import annotations

import hmac

import aiohttp_jinja2
from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.gateway import Gateway
from bot.operators import SESSION_SECONDS, Operator
from desk.catalogue import FIRST, Words

COOKIE = "choche_desk"
FORM_COOKIE = "choche_form"
LANGUAGE_COOKIE = "choche_language"
LOGINS = RateLimitItemPerMinute(10)
SHORTEST_PASSWORD = 10


class Doors:
    """Knows who stands at the door, and gives every page its words."""

    def __init__(self, gateway: Gateway, catalogue: dict[str, Words]) -> None:
        self._gateway = gateway
        self._catalogue = catalogue
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes, to be added to the application."""
        return [
            web.get("/desk/login", self.login_form),
            web.post("/desk/login", self.login),
            web.post("/desk/logout", self.logout),
            web.get("/desk/invitation/{token}", self.password_form),
            web.post("/desk/invitation/{token}", self.set_password),
            web.get("/desk/language/{code}", self.language),
        ]

    async def who(self, request: web.Request) -> Operator | None:
        """Give who is signed in."""
        token = request.cookies.get(COOKIE)
        return await self._gateway.operators.who(token) if token else None

    async def signed_in(self, request: web.Request) -> Operator:
        """Give who is signed in; for what changes something, only with the token against forged requests."""
        operator = await self.who(request)
        csrf = request.headers.get("X-CSRF", "")
        changes = request.method != "GET"
        if operator is None or (changes and not hmac.compare_digest(csrf.encode(), operator.csrf.encode())):
            raise web.HTTPForbidden
        return operator

    def words(self, request: web.Request) -> Words:
        """Give the words in the language that was chosen."""
        return self._catalogue.get(request.cookies.get(LANGUAGE_COOKIE, FIRST), self._catalogue[FIRST])

    def render(self, request: web.Request, template: str, **values: object) -> web.Response:
        """Give a page."""
        language = request.cookies.get(LANGUAGE_COOKIE, FIRST)
        shown = language if language in self._catalogue else FIRST
        context = {"w": self.words(request), "language": shown, **values}
        return aiohttp_jinja2.render_template(template, request, context)

    async def language(self, request: web.Request) -> web.StreamResponse:
        """Choose the language of the desk in this browser."""
        code = request.match_info["code"]
        if code not in self._catalogue:
            raise web.HTTPNotFound
        response = web.HTTPSeeOther("/desk")
        self._set_cookie(response, LANGUAGE_COOKIE, code)
        return response

    async def login_form(self, request: web.Request) -> web.StreamResponse:
        """The form to sign in."""
        return self._form(request, "login.html")

    async def login(self, request: web.Request) -> web.StreamResponse:
        """Sign in."""
        form = await _checked_form(request)
        if not await self._limiter.hit(LOGINS, "login", request.remote or ""):
            return self._form(request, "login.html", self.words(request)["too_many"], 429)
        token = await self._gateway.operators.sign_in(form["name"].strip(), form["password"])
        if token is None:
            return self._form(request, "login.html", self.words(request)["wrong_login"], 403)
        response = web.HTTPSeeOther("/desk")
        self._set_cookie(response, COOKIE, token)
        return response

    async def logout(self, request: web.Request) -> web.StreamResponse:
        """Sign out."""
        operator = await self.who(request)
        form = await request.post()
        if operator and hmac.compare_digest(str(form.get("csrf_token", "")), operator.csrf):
            await self._gateway.operators.sign_out(request.cookies[COOKIE])
        response = web.HTTPSeeOther("/desk/login")
        response.del_cookie(COOKIE, path="/desk")
        return response

    async def password_form(self, request: web.Request) -> web.StreamResponse:
        """The form behind a one-time link."""
        name = await self._gateway.operators.invited(request.match_info["token"])
        if name is None:
            return self._form(request, "login.html", self.words(request)["old_link"], 410)
        return self._form(request, "set_password.html", action=request.path, operator=name)

    async def set_password(self, request: web.Request) -> web.StreamResponse:
        """Set the password and go to the form to sign in."""
        form, words = await _checked_form(request), self.words(request)
        problem = ""
        if len(form["password"]) < SHORTEST_PASSWORD:
            problem = words["too_short"]
        elif form["password"] != form["again"]:
            problem = words["different"]
        if problem:
            return self._form(request, "set_password.html", problem, 422, action=request.path)
        if not await self._gateway.operators.set_password(request.match_info["token"], form["password"]):
            return self._form(request, "login.html", words["old_link"], 410)
        raise web.HTTPSeeOther("/desk/login")

    def _form(
        self, request: web.Request, template: str, error: str = "", status: int = 200, **values: str
    ) -> web.Response:
        token = request.cookies.get(FORM_COOKIE) or self._gateway.new_id()
        response = self.render(request, template, error=error, csrf_token=token, **values)
        response.set_status(status)
        self._set_cookie(response, FORM_COOKIE, token)
        return response

    def _set_cookie(self, response: web.StreamResponse, name: str, value: str) -> None:
        response.set_cookie(
            name,
            value,
            max_age=int(SESSION_SECONDS),
            path="/desk",
            httponly=True,
            samesite="Strict",
            secure=self._gateway.settings.public_url.startswith("https://"),
        )


async def _checked_form(request: web.Request) -> dict[str, str]:
    form = {name: str(value) for name, value in (await request.post()).items()}
    cookie = request.cookies.get(FORM_COOKIE, "")
    if not cookie or not hmac.compare_digest(form.get("csrf_token", "").encode(), cookie.encode()):
        raise web.HTTPForbidden
    return {"name": "", "password": "", "again": "", **form}
