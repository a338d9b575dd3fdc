const STOPS = [
  "440154",
  "472d7b",
  "3b528b",
  "2c728e",
  "21918c",
  "28ae80",
  "5ec962",
  "addc30",
  "fde725",
];
const RGB = STOPS.map((stop) => [0, 2, 4].map((i) => Number.parseInt(stop.slice(i, i + 2), 16)));

/** A colour of the viridis scale, which is even for eyes of every kind; places are from 0 to 1. */
export function viridis(place: number): string {
  const at = Math.min(Math.max(place, 0), 1) * (RGB.length - 1);
  const i = Math.min(Math.floor(at), RGB.length - 2);
  const [from, to] = [RGB[i] as number[], RGB[i + 1] as number[]];
  const mixed = from.map((part, k) => Math.round(part + ((to[k] as number) - part) * (at - i)));
  return `rgb(${mixed.join(" ")})`;
}
