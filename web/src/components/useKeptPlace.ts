import { useLocation } from "@tanstack/react-router";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { keepPlace, type Place, placeOf } from "../state/places";

/**
 * Where a box was scrolled to when the reader left it, who has come back to it.
 *
 * The router puts back what is there when a page is shown; rows come a moment later.
 */
export function useKeptPlace(box: RefObject<HTMLElement | null>, name: string): Place | undefined {
  const key = useLocation({ select: ({ state }) => state.__TSR_key });
  const path = useLocation({ select: ({ pathname }) => pathname });
  const mine = useRef({ path, place: placeOf(key, name) });
  const { place } = mine.current;
  useLayoutEffect(() => {
    if (place) box.current?.scrollTo(place);
  }, [box, place]);
  useEffect(() => {
    const element = box.current;
    if (!element || path !== mine.current.path) return; // the page that comes is another
    const keep = () => keepPlace(key, name, { top: element.scrollTop, left: element.scrollLeft });
    if (element.scrollTop || element.scrollLeft) keep();
    element.addEventListener("scroll", keep, { passive: true });
    return () => element.removeEventListener("scroll", keep);
  }, [box, name, key, path]);
  return place;
}
