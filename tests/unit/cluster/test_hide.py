from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from chartgen.cluster.hide import Hidden

VALUE = 'p"ss/w&rd+\nsecond line of it'


@pytest.mark.parametrize(
    "printed",
    [
        VALUE,
        "second line of it",
        json.dumps(VALUE)[1:-1],
        quote(VALUE, safe=""),
        base64.b64encode(VALUE.encode()).decode(),
        base64.urlsafe_b64encode(VALUE.encode()).decode(),
    ],
)
def test_a_value_is_hidden_in_every_form_that_programs_print(printed: str) -> None:
    assert Hidden([VALUE.encode()])(f"<{printed}>").replace("=", "") == "<***>"


def test_the_longest_value_goes_first() -> None:
    assert Hidden([b"secret", b"secret-and-more"])("secret-and-more secret") == "*** ***"


def test_a_value_that_would_hide_everything_hides_nothing() -> None:
    assert Hidden([b"a", b"", b" \n"])("a banana") == "a banana"


def test_a_value_that_is_no_text_is_no_trouble() -> None:
    assert Hidden([b"\xff\xfe\xfd\xfc"])(base64.b64encode(b"\xff\xfe\xfd\xfc").decode()) == "***=="


URLS = {
    "mongodb://ushadow:hunter2@db:27017/x": "mongodb://ushadow:***@db:27017/x",
    "redis://:hunter2@cache:6379/0": "redis://:***@cache:6379/0",
    "https://example.com/a:b@c": "https://example.com/a:b@c",
    "a https://u:p:w/d@h and more": "a https://u:***@h and more",
}


@pytest.mark.parametrize("url,shown", URLS.items())
def test_the_password_of_a_url_is_hidden_whoever_brought_it(url: str, shown: str) -> None:
    assert Hidden([])(url) == shown
