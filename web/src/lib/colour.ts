/** Ten colours that people with any colour vision tell apart, on light and on dark. */
export const PALETTE = [
  "#3b7dd8",
  "#d1495b",
  "#2a9d6e",
  "#c98a00",
  "#8b5fbf",
  "#0f9fb5",
  "#e0752d",
  "#7d8a2e",
  "#c2588f",
  "#6c7a89",
];

/** The colour of something, the same wherever and whenever it is shown. */
export function colourOf(id: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  }
  return PALETTE[(hash >>> 0) % PALETTE.length] as string;
}
