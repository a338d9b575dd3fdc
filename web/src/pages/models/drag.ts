import { type PointerEvent, useState } from "react";

/** A card on its way, and the stage that it is above. */
export interface Drag {
  readonly version: string;
  readonly over: string | undefined;
}

const NEAR = 6; // pixels until a press is a drag
const PRESSED = "button, input, select, textarea";

/** Cards that are dragged with a mouse or pen; fingers scroll, and use the menus. */
export function useCardDrag(onDrop: (version: string, stage: string) => void) {
  const [drag, setDrag] = useState<Drag>();
  const begin = (event: PointerEvent<HTMLElement>, version: string, from: string) => {
    const card = event.currentTarget;
    const pressed = event.target instanceof Element && event.target.closest(PRESSED);
    if (event.button !== 0 || event.pointerType === "touch" || pressed) return;
    const start = [event.clientX, event.clientY] as const;
    let moved = false;
    let over: string | undefined;
    const move = ({ clientX: x, clientY: y }: globalThis.PointerEvent) => {
      const away = [x - start[0], y - start[1]] as const;
      if (!moved && Math.hypot(...away) < NEAR) return;
      if (!moved) getSelection()?.removeAllRanges();
      moved = true;
      card.style.transform = `translate(${away[0]}px, ${away[1]}px)`;
      card.style.pointerEvents = "none"; // what is below it counts
      const column = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-stage]");
      over = column?.dataset.stage;
      setDrag({ version, over });
    };
    const end = () => {
      stop.abort();
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
