"""What drawings of 10,000 runs may cost, and finding one of them by name."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from browser import timing
from browser.conftest import Open, Visit, served
from browser.test_browser_run_plots import brush, log_trial, plot, strip
from refusals.served import Site

RUNS = 10_000
FEW = 12
QUIET = 0.7  # seconds that the control takes on a machine without other work
FRAMES = """(during) => new Promise((done) => {
  const gaps = [];
  let before = performance.now();
  const end = before + during;
  const next = (now) => {
    gaps.push(now - before);
    before = now;
    if (now < end) requestAnimationFrame(next);
    else done(gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)]);
  };
  requestAnimationFrame(next);
})"""
"""The median of what lies between two frames, in milliseconds."""


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str, str]]:
    """A server with an experiment of 10,000 runs and one of a few."""
    for site in served(tmp_path_factory.mktemp("tenthousand")):
        many = site.api("experiments/create", name="many")["experiment_id"]
        few = site.api("experiments/create", name="few")["experiment_id"]
        for i in range(RUNS):
            log_trial(site, many, i % 100, ends=False)
        for i in range(FEW):
            log_trial(site, few, i)
        yield site, many, few


def drawn(opened: Visit, path: str) -> float:
    """Open a path; return the seconds until all of a drawing is there."""
    page, start = opened.page, time.monotonic()
    page.goto(opened.url + path, wait_until="commit")
    page.locator("figure[aria-busy=false]").wait_for()
    assert page.evaluate(timing.INKED, 300)
    return time.monotonic() - start


@pytest.mark.parametrize("kind", ["", "?plot=scatter"])
def test_10_000_runs_are_drawn_within_a_second_and_a_half(
    sweeps: tuple[Site, str, str], visit: Open, kind: str
) -> None:
    site, many, few = sweeps

    def control() -> float:
        opened = visit(site)
        return drawn(opened, f"/experiments/{few}/charts{kind}") + timing.worked(opened.page)

    def look() -> float:
        return drawn(visit(site), f"/experiments/{many}/charts{kind}")

    assert timing.against(control, QUIET, look) < 1.5


def test_a_brush_over_10_000_runs_is_smooth(sweeps: tuple[Site, str, str], visit: Open) -> None:
    site, many, _ = sweeps
    page = visit(site).go(f"/experiments/{many}/charts")
    plot(page)
    idle = float(page.evaluate(FRAMES, 500))
    gap = brushing(page)
    assert gap < max(1000 / 30, 2 * idle), (gap, idle)
    brush(page, "loss", 0.5, 1.02)
    expect(page.get_by_role("status").filter(has_text="of 10\u2009000 runs")).to_be_visible()


def brushing(page: Page) -> float:
    """Drag up and down an axis; return the median of what lies between two frames meanwhile."""
    at = strip(page, "loss")
    page.mouse.move(at["x"], at["top"] + at["tall"] / 2)
    page.mouse.down()
    page.evaluate(f"window.gaps = ({FRAMES})(1500); undefined")
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        for part in (0.3, 0.1, 0.2, 0.4):
            page.mouse.move(at["x"], at["top"] + at["tall"] * part)
    found = float(page.evaluate("window.gaps"))
    page.mouse.up()
    return found


PALETTE = """async () => {
  const held = (done) => new Promise((go) => {
    const look = () => (done() ? go() : requestAnimationFrame(look));
    look();
  });
  const from = performance.now();
  document.body.dispatchEvent(
    new KeyboardEvent("keydown", {key: "k", code: "KeyK", ctrlKey: true, bubbles: true}));
  await held(() => document.querySelector("dialog[open] [role=combobox]"));
  const opened = performance.now();
  await new Promise((go) => setTimeout(go, 500));  // nobody types sooner
  const typed = performance.now();
  const box = document.querySelector("dialog[open] [role=combobox]");
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box, "trial 57");
  box.dispatchEvent(new Event("input", {bubbles: true}));
  const found = () => [...document.querySelectorAll("dialog[open] [role=option]")]
    .some((one) => one.textContent.startsWith("trial 57 "));
  await held(found);
  return [(opened - from) / 1000, (performance.now() - typed) / 1000];
}"""
"""Opens the palette and looks for a run: the seconds until it is open, and until it is found."""


def test_the_palette_opens_at_once_and_finds_one_of_10_000_runs(
    sweeps: tuple[Site, str, str], visit: Open
) -> None:
    site, _, few = sweeps
    idle = visit(site)
    idle.go("/settings/appearance")

    def work() -> float:
        return timing.worked(idle.page)

    def looked_for(part: int) -> float:
        page = visit(site).go(f"/experiments/{few}")  # on a page of its own: nothing is known yet
        return float(page.evaluate(PALETTE)[part])

    for part, most in ((0, 0.05), (1, 0.1)):
        quick = timing.against(work, timing.QUIET, lambda: looked_for(part))  # noqa: B023  # called at once
        assert quick < most
