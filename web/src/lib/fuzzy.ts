/** How well a text fits what was typed; 0 when its letters do not occur in their order. */
export function score(text: string, typed: string): number {
  const hay = text.toLowerCase();
  const needle = typed.toLowerCase().trim();
  if (!needle) return 1;
  const at = hay.indexOf(needle);
  if (at >= 0) return 1000 - at - (hay.length - needle.length) / 100;
  let found = 0;
  let last = -1;
  for (const letter of needle) {
    const next = hay.indexOf(letter, last + 1);
    if (next < 0) return 0;
    found += next === last + 1 ? 3 : 1;
    last = next;
  }
  return Math.max(found - hay.length / 100, 0.01);
}
