import type uPlot from "uplot";

const SOON = 140; // milliseconds after the last turn until its part of x is read anew
const TURN = 0.0018; // of the natural logarithm of how much is shown, for each pixel of a turn
const MOST = 200; // pixels of one turn that count
const LINE = 16; // pixels of a line, in which some browsers count

/**
 * Let the wheel zoom at the pointer: with Ctrl or ⌘ held, as two fingers on a touchpad say, too.
 *
 * Without, the page scrolls; where nothing scrolls behind the chart the wheel alone zooms.
 */
export function byWheel(u: uPlot, onZoom: (range: [number, number]) => void): () => void {
  const { over } = u;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const turn = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey && !over.closest("dialog")) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode ? LINE : 1);
    const by = Math.exp(Math.max(-MOST, Math.min(MOST, pixels)) * TURN);
    const { left, width } = over.getBoundingClientRect();
    const at = event.clientX - left;
    const range: [number, number] = [
      u.posToVal(at - at * by, "x"),
      u.posToVal(at + (width - at) * by, "x"),
    ];
    if (!range.every(Number.isFinite) || range[0] >= range[1]) return;
    // What is known of it is drawn at once, the rest once the wheel rests.
    u.setScale("x", { min: range[0], max: range[1] });
    clearTimeout(timer);
    timer = setTimeout(() => onZoom(range), SOON);
  };
  over.addEventListener("wheel", turn, { passive: false });
  return () => {
    clearTimeout(timer);
    over.removeEventListener("wheel", turn);
  };
}
