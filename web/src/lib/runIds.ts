/** Runs that an address names by their ids as they are. */
export const FEW = 30;
/** Runs that it names by their whole ids, packed; of more it names the first digits. */
export const SOME = 60;
const WHOLE = /^[0-9a-f]{32}$/;
const BEGUN = /^[0-9a-f]{8,32}$/;
const PACKED = "."; // no id, and no number, begins so
const BITS = 128; // of an id

export const isWhole = (id: string) => WHOLE.test(id);

/** Whether a text may be an id, or the first digits of one. */
export const isBegun = (id: string) => BEGUN.test(id);

/** Runs as an address names them: the more there are, the more briefly, so that it stays short. */
export function writtenIds(
  ids: readonly string[],
  short: ReadonlyMap<string, string> = new Map(),
): string {
  if (ids.length > FEW && ids.length <= SOME && ids.every(isWhole)) return packed(ids);
  const texts = ids.length > FEW ? ids.map((id) => short.get(id) ?? id) : ids;
  return texts.join(",");
}

/** Each run once that an address names: a whole id, or what stands there for one. */
export function readIds(text: string | undefined): string[] {
  if (!text) return [];
  const ids = text.startsWith(PACKED) ? unpacked(text.slice(PACKED.length)) : text.split(",");
  return [...new Set(ids.filter(Boolean))];
}

/** The runs that an address names as selected; none where it says that all are. */
export const selectedIds = (kept: string | undefined): ReadonlySet<string> =>
  new Set(readIds(kept).filter(isWhole));

function packed(ids: readonly string[]): string {
  const pairs = ids.join("").match(/../g) ?? [];
  const bytes = String.fromCharCode(...pairs.map((pair) => Number.parseInt(pair, 16)));
  const text = btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return PACKED + text;
}

function unpacked(text: string): string[] {
  const whole = Math.floor((text.length * 6) / BITS); // what was cut off is no id
  let bytes: string;
  try {
    bytes = atob(
      text
        .slice(0, Math.ceil((whole * BITS) / 6))
        .replaceAll("-", "+")
        .replaceAll("_", "/"),
    );
  } catch {
    return [];
  }
  const digits = [...bytes].map((c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  return digits.match(/.{32}/g) ?? [];
}
