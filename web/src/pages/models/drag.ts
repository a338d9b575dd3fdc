import { type PointerEvent, useState } from "react";

/** A card on its way, and the stage that it is above. */
export interface Drag {
  readonly version: string;
  readonly over: string | undefined;
}

const NEAR = 6; // pixels until a press is a drag
const EDGE = 56; // pixels from a side of the board within which it scrolls
const SPEED = 16; // pixels that it scrolls in a frame, at the very side
const PRESSED = "button, input, select, textarea";

/** Cards that are dragged with a mouse or pen; fingers scroll, and use the menus. */
export function useCardDrag(onDrop: (version: string, stage: string) => void) {
  const [drag, setDrag] = useState<Drag>();
  const begin = (event: PointerEvent<HTMLElement>, version: string, from: string) => {
    const card = event.currentTarget;
    const pressed = event.target instanceof Element && event.target.closest(PRESSED);
    if (event.button !== 0 || event.pointerType === "touch" || pressed) return;
    const start = [event.clientX, event.clientY] as const;
    const board = card.closest<HTMLElement>("[data-board]");
    const scrolled = board?.scrollLeft ?? 0;
    // The card on its way would make the board ever wider.
    const furthest = board ? board.scrollWidth - board.clientWidth : 0;
    let [x, y]: readonly [number, number] = start;
    let moved = false;
    let over: string | undefined;
    let frame = 0;
    const place = () => {
      const along = x - start[0] + (board?.scrollLeft ?? 0) - scrolled;
      card.style.transform = `translate(${along}px, ${y - start[1]}px)`;
      card.style.pointerEvents = "none"; // what is below it counts
      const column = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-stage]");
      over = column?.dataset.stage;
      setDrag({ version, over });
    };
    const scroll = () => {
      frame = requestAnimationFrame(scroll);
      const before = board?.scrollLeft ?? 0;
      const after = Math.max(0, Math.min(furthest, before + pull(board, x)));
      if (!board || after === before) return;
      board.scrollLeft = after;
      place();
    };
    const move = (to: globalThis.PointerEvent) => {
      if (!moved && Math.hypot(to.clientX - start[0], to.clientY - start[1]) < NEAR) return;
      if (!moved) {
        getSelection()?.removeAllRanges();
        frame = requestAnimationFrame(scroll);
      }
      moved = true;
      [x, y] = [to.clientX, to.clientY];
      place();
    };
    const end = () => {
      stop.abort();
      cancelAnimationFrame(frame);
      card.style.transform = "";
      card.style.pointerEvents = "";
      setDrag(undefined);
    };
    const stop = new AbortController();
    const { signal } = stop;
    addEventListener("pointermove", move, { signal });
    addEventListener("pointercancel", end, { signal });
    addEventListener("blur", end, { signal });
    addEventListener("keydown", ({ key }) => key === "Escape" && end(), { signal });
    addEventListener(
      "pointerup",
      () => {
        end();
        if (!moved) return;
        // The press began on a link, perhaps: letting go does not follow it.
        const swallow = (click: MouseEvent) => {
          click.preventDefault();
          click.stopPropagation();
        };
        addEventListener("click", swallow, { capture: true, once: true });
        setTimeout(() => removeEventListener("click", swallow, { capture: true }));
        if (over !== undefined && over !== from) onDrop(version, over);
      },
      { signal },
    );
  };
  return { drag, begin };
}

/** How far a board scrolls in this frame, because the card is close to one of its sides. */
function pull(board: HTMLElement | null, x: number): number {
  if (!board) return 0;
  const { left, right } = board.getBoundingClientRect();
  const near = (away: number) => Math.min(1, Math.max(0, (EDGE - away) / EDGE));
  return Math.round(SPEED * (near(right - x) - near(x - left)));
}
