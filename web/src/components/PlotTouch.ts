import type uPlot from "uplot";

const LEAST = 10; // pixels, below which a finger has only tapped

/** Let a finger move the cursor, and mark a part of x, which the library does for a mouse only. */
export function byTouch(u: uPlot, onZoom: (range: [number, number]) => void): () => void {
  const { over } = u;
  let from: number | undefined;
  const at = (event: PointerEvent) => {
    const { left, top, width } = over.getBoundingClientRect();
    return { left: Math.min(Math.max(event.clientX - left, 0), width), top: event.clientY - top };
  };
  const select = (left: number, width: number) =>
    u.setSelect({ left, width, top: 0, height: width ? over.clientHeight : 0 }, false);
  const down = (event: PointerEvent) => {
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    over.setPointerCapture(event.pointerId);
    from = at(event).left;
    u.setCursor(at(event));
  };
  const move = (event: PointerEvent) => {
    if (from === undefined || !event.isPrimary) return;
    const { left } = at(event);
    u.setCursor(at(event));
    select(Math.min(from, left), Math.abs(left - from));
  };
  const up = (event: PointerEvent) => {
    if (from === undefined || !event.isPrimary) return;
    const [low, high] = [from, at(event).left].sort((a, b) => a - b) as [number, number];
    from = undefined;
    select(0, 0);
    if (event.type === "pointerup" && high - low >= LEAST) {
      onZoom([u.posToVal(low, "x"), u.posToVal(high, "x")]);
    }
  };
  const heard = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up };
  for (const [name, listen] of Object.entries(heard)) {
    over.addEventListener(name, listen as EventListener);
  }
  return () => {
    for (const [name, listen] of Object.entries(heard)) {
      over.removeEventListener(name, listen as EventListener);
    }
  };
}
