import { viridis } from "../../lib/viridis";

/** The colour of a place on the scale, from 0 to 1; the part of it that stands out from the paper. */
export const seen = (place: number, dark: boolean) =>
  viridis(dark ? 0.25 + 0.75 * place : 0.93 * place);

/** The whole scale, as CSS has it. */
export const scale = (dark: boolean) =>
  `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map((at) => seen(at, dark)).join(", ")})`;
