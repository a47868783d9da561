from __future__ import annotations

from chartgen.checks.model import check
from chartgen.documents import load
from chartgen.model import App
from chartgen.model.load import read

APP = """
apiVersion: chartgen/v1
name: shop
version: 1.0.0
appVersion: "1"
description: A shop.
components: {web: {image: {repository: shop/web}, ports: {http: {port: 80}}}}
routes: [{path: /, component: web}]
"""


def app(text: str) -> App:
    """The application without the questions that loading asks of it as a whole."""
    found: App = read(App, load(text, "app.yaml"))
    return found


def test_an_application_that_makes_sense() -> None:
    assert list(check(app(APP))) == []


def test_a_route_that_leads_nowhere() -> None:
    (finding,) = check(app(APP.replace("component: web", "component: wbe")))
    assert str(finding.place) == "app.yaml routes[0].component"
    assert finding.what == "there is no component 'wbe'"
    assert finding.hint == "did you mean 'web'?"
