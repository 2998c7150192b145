"""The page's modules alone in a real browser, under the policy of a page: no build, no server, no network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from paribus.page.bundling import HERE, module_source

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ADDRESS = "http://page.test/"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"


@contextmanager
def module_page(browser: Browser) -> Iterator[Page]:
    """An empty page whose modules are those of `page`: `await import("/network.js")`. Noise is a fault."""
    context = browser.new_context()
    page = context.new_page()
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.route("**/*", _answer)
    page.goto(ADDRESS)
    yield page
    context.close()
    assert noise == []


def _answer(route: Route) -> None:
    name = urlsplit(route.request.url).path.removeprefix("/")
    file = HERE / name
    if name.endswith(".js") and file.is_file():
        route.fulfill(body=module_source(file), content_type="text/javascript")
    elif not name:
        body = "<!doctype html><meta charset=utf-8><title>modules</title><body>"
        route.fulfill(body=body, content_type="text/html", headers={"Content-Security-Policy": POLICY})
    else:
        route.fulfill(status=404 if name != "favicon.ico" else 204)
