import type { KeyboardEvent } from "react";

/**
 * Keys in a cell that has links: Enter goes to the first, the arrows from one to another, Escape
 * back to the cell.
 *
 * @returns whether the key was one of these.
 */
export function walkLinks({ key, target }: KeyboardEvent): boolean {
  const cell = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-row]") : null;
  const links = [...(cell?.querySelectorAll("a") ?? [])];
  const at = links.indexOf(target as HTMLAnchorElement);
  const go = (to: HTMLElement | null | undefined) => to?.focus({ preventScroll: true });
  if (at < 0) {
    if (key !== "Enter" || !links.length) return false;
    go(links[0]);
    return true;
  }
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (step) go(links[at + step]);
  if (key === "Escape") go(cell);
  return step !== undefined || key === "Escape";
}
