import { type RefObject, useEffect, useState } from "react";

const AROUND = "400px"; // of the screen

/** Whether something has been on the screen, or nearly so: what is costly is drawn then. */
export function useSeen(box: RefObject<Element | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (seen || !element) return;
    const look = (entries: readonly IntersectionObserverEntry[]) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    };
    const watch = new IntersectionObserver(look, { rootMargin: AROUND });
    watch.observe(element);
    return () => watch.disconnect();
  }, [box, seen]);
  return seen;
}
