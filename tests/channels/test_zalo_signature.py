"""The signature vectors of the reference on Zalo, section 3.4, and the wrong variants seen in the wild."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from channels.zalo_signature import HEADER, is_signed
from tests.channels.zalo import account
from tests.conftest import Clock
from tests.fakes.zalo_oa import APP, SECRET_KEY, FakeZalo, signed

V1 = (
    '{"app_id":"1234567890123456789","sender":{"id":"2468013579246801357"},'
    '"user_id_by_app":"1357924680135792468","recipient":{"id":"9876543210987654321"},'
    '"event_name":"user_send_text","message":{"text":"Xin chào, tôi muốn hỏi về sản phẩm 😀",'
    '"msg_id":"a1b2c3d4e5f60718293a"},"timestamp":"1760000000000"}'
).encode()
V2 = (
    b'{"oa_id":"9876543210987654321","follower":{"id":"2468013579246801357"},'
    b'"user_id_by_app":"1357924680135792468","event_name":"follow","source":"oa_profile",'
    b'"app_id":"1234567890123456789","timestamp":"1760000060000"}'
)
V3 = (
    rb'{"app_id":"1234567890123456789","sender":{"id":"1"},"recipient":{"id":"2"},'
    rb'"event_name":"user_send_image","message":{"msg_id":"m3","attachments":[{"type":"image",'
    rb'"payload":{"thumbnail":"https:\/\/t.example\/a.jpg","url":"https:\/\/f.example\/a.jpg"}}],'
    rb'"text":"\u1ea3nh"},"timestamp":"1760000120000"}'
)
V4 = (
    b'{"app_id":"1234567890123456789","oa_id":"9876543210987654321","event_name":"user_click_chatnow",'
    b'"user_id":"2468013579246801357","timestamp":1760000180000}'
)
GOOD = {
    V1: "8d0be162b56d9d467b5fca7af625b6473acca15701350b3aa5124a9c6914ed38",
    V2: "1c56fde000acce8251cab6b2b45d3d898695e12ac78c24973edc4a0071940353",
    V3: "131a918d018a5ffdf4a586dcdf359b3cdeeb6ad155c31b1c0d5bc6f2924f2f4e",
    V4: "7d5a8bd7b613e8fe04dffbb6694f4e322124cfb2ce8f70d0bef9f8ca7552a64c",
}
WRONG = [
    (V1, "6380d88d7e3ad018de5e8609f17867fd9468a3330274e87777b09ff9853bfb65"),
    (V1, "cd9909fcf592b087c226ebee3d02c6c7fd5b8220e01f7250e211400f918435c3"),
    (V1, "a827fda45218f83374659f5da23fc285dff3df21b31a6f790e95b2348a719c78"),
    (V1, "d16cef69990503edd147b3d0e3d46976396e6567952bc027439358c26f8fcf3a"),
    (V1, "83f8d27efef480113428612ba032affc4d74ab1850e168e5d2f48505837ba210"),
    (V3, "c1f30ca9b52595760b1f9af1338f480f16e51b24e41790da7fb2bafa2a15fff3"),
    (V3, "fa60059c3d5c539fdd47ba8c005ccd76845ff722f6771346701aa8058edba5af"),
]


class Then:
    """A clock that stands a minute after the vectors were signed."""

    def __call__(self) -> float:
        return 1_760_000_240.0


def test_the_smallest_vector_and_an_independent_one() -> None:
    zero = "c151df0981bcb88faccf442c314474280149f6a2a9c0d7bb3a3f1cbd6de5f785"
    assert is_signed(f"mac={zero}", "APP", b'{"timestamp":"1"}', "1", "KEY")
    other = "2f1ef5aabe67e8396a459ca89562e108ad541f82ba5022c85f645bd6b7220cb9"
    assert is_signed(other, "X", b"BODY", "1234567890", "Y")


@pytest.mark.parametrize("form", ["mac={}", "{}", "MAC={}"])
async def test_the_vectors_are_taken_in_every_form(tmp_path: Path, form: str) -> None:
    async with account(FakeZalo(), tmp_path, Then()) as made:
        for body, good in GOOD.items():
            assert made.zalo.verify({HEADER: form.format(good)}, body)
            assert made.zalo.verify({HEADER: form.format(good).upper()}, body)


@pytest.mark.parametrize(("body", "wrong"), WRONG)
async def test_the_wrong_variants_are_refused(tmp_path: Path, body: bytes, wrong: str) -> None:
    async with account(FakeZalo(), tmp_path, Then()) as made:
        assert not made.zalo.verify({HEADER: f"mac={wrong}"}, body)


async def test_without_header_or_secret_or_for_another_app_nothing_is_taken(
    tmp_path: Path, clock: Clock
) -> None:
    api = FakeZalo()
    body = json.dumps(api.write("em", "chào")).encode()
    foreign = json.dumps({**api.write("em", "chào"), "app_id": "999"}).encode()
    async with account(api, tmp_path, clock) as made:
        assert made.zalo.verify(signed(body), body)
        assert not made.zalo.verify({}, body)
        assert not made.zalo.verify({HEADER: "mac=\udcff"}, body)
        assert not made.zalo.verify(signed(foreign), foreign)
        assert not is_signed(signed(body)[HEADER], APP, body, "1", SECRET_KEY)
    assert not is_signed(signed(body)[HEADER], APP, body, str(json.loads(body)["timestamp"]), "")


@pytest.mark.parametrize(("age", "taken"), [(0, True), (2 * 3600, True), (3 * 3600 + 60, False)])
@pytest.mark.parametrize("unit", [1, 1000])
async def test_a_late_delivery_is_taken_and_a_replay_is_not(
    tmp_path: Path, clock: Clock, age: float, taken: bool, unit: int
) -> None:
    event = {**FakeZalo().write("em", "chào"), "timestamp": str(int((time.time() - age) * unit))}
    body = json.dumps(event).encode()
    async with account(FakeZalo(), tmp_path, clock) as made:
        assert made.zalo.verify(signed(body), body) is taken
