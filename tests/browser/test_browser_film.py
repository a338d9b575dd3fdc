"""A film among the files of a run: the browser plays it, by ranges, under the page's policy."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from browser import corpus
from browser.conftest import Open, served, until
from browser.test_browser_pages import in_all_looks
from refusals.served import Site

SECONDS = 2
WIDTH, HEIGHT = 320, 240
RECORD = """async ([seconds, width, height]) => {
  const canvas = Object.assign(document.createElement("canvas"), {width, height});
  const brush = canvas.getContext("2d");
  const settings = {mimeType: "video/webm;codecs=vp8", videoBitsPerSecond: 8e6};
  const recorder = new MediaRecorder(canvas.captureStream(25), settings);
  const parts = [];
  recorder.ondataavailable = ({data}) => parts.push(data);
  const ended = new Promise((done) => { recorder.onstop = done; });
  recorder.start();
  const begin = performance.now();
  await new Promise((done) => {
    const draw = () => {
      const passed = performance.now() - begin;
      for (let x = 0; x < width; x += 8)
        for (let y = 0; y < height; y += 8) {
          brush.fillStyle = `hsl(${Math.random() * 360} 70% 50%)`;
          brush.fillRect(x, y, 8, 8);
        }
      if (passed < 1000 * seconds) requestAnimationFrame(draw);
      else done();
    };
    draw();
  });
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
}"""
"""Records a film of coloured noise, which is hard to make small."""
SAYS = """(film) => ({
  ready: film.readyState, duration: film.duration, at: film.currentTime, ended: film.ended,
  size: [film.videoWidth, film.videoHeight], error: film.error && film.error.message,
  frames: film.getVideoPlaybackQuality().totalVideoFrames,
})"""


@pytest.fixture(scope="module")
def film(browser: Browser) -> bytes:
    """A film that the browser itself has recorded."""
    page = browser.new_page()
    try:
        return base64.b64decode(page.evaluate(RECORD, [SECONDS, WIDTH, HEIGHT]))
    finally:
        page.close()


@pytest.fixture(scope="module")
def site(film: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A server with a run that has the film, and a file that only calls itself one."""
    for served_ in served(tmp_path_factory.mktemp("film")):
        files = {"film.webm": film, "broken.webm": b"no film" * 100}
        yield served_, corpus.new_run(served_, "films", files)


def test_a_film_is_played_by_ranges(site: tuple[Site, str], film: bytes, visit: Open) -> None:
    served_, run = site
    opened = visit(served_)
    answers: list[Response] = []
    opened.page.on("response", lambda one: answers.append(one) if is_film(one) else None)
    page = opened.go(f"/runs/{run}/artifacts?path=film.webm")
    video = page.locator("video")
    until(page, lambda: says(page)["ready"] >= 1, True)
    assert abs(says(page)["duration"] - SECONDS) < 1
    assert says(page)["size"] == [WIDTH, HEIGHT]
    expect(video).to_have_accessible_name("film.webm")
    in_all_looks(opened, "file-film")

    video.focus()
    page.keyboard.press("Space")
    until(page, lambda: says(page)["ended"], True)
    assert says(page)["frames"] > 10
    video.evaluate("(film) => { film.currentTime = 0.5; }")
    until(page, lambda: says(page)["ready"], 4)
    assert says(page)["at"] == pytest.approx(0.5, abs=0.1)
    assert says(page)["error"] is None

    assert answers
    for answer in answers:
        assert answer.request.headers["range"].startswith("bytes=")
        assert answer.status == 206
        assert answer.headers["content-range"].endswith(f"/{len(film)}")
    assert "default-src 'self'" in policy(page)


def test_what_is_no_film_says_that_it_cannot_be_played(site: tuple[Site, str], visit: Open) -> None:
    served_, run = site
    page = visit(served_).go(f"/runs/{run}/artifacts?path=broken.webm")
    expect(page.get_by_text("cannot play this file")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)


def is_film(answer: Response) -> bool:
    return answer.request.resource_type == "media"


def says(page: Page) -> dict[str, Any]:
    return dict(page.locator("video").evaluate(SAYS))


def policy(page: Page) -> str:
    """Return the Content-Security-Policy of the page that is open."""
    answer = page.request.get(page.url)
    return str(answer.headers["content-security-policy"])
