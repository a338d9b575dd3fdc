/** Where something was scrolled to, in pixels. */
export interface Place {
  readonly top: number;
  readonly left: number;
}

const MOST = 100; // that are remembered, the latest
const STORED = "cuvee.places";

const places = new Map<string, Place>(stored());

function stored(): [string, Place][] {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? "[]") as [string, Place][];
  } catch {
    return [];
  }
}

addEventListener("pagehide", () => {
  try {
    sessionStorage.setItem(STORED, JSON.stringify([...places]));
  } catch {
    // It is forgotten with the page then.
  }
});

/** Where something was scrolled to at an entry of the browser's history. */
export const placeOf = (entry: string | undefined, name: string): Place | undefined =>
  places.get(`${entry} ${name}`);

export function keepPlace(entry: string | undefined, name: string, place: Place): void {
  if (entry === undefined) return;
  const key = `${entry} ${name}`;
  places.delete(key);
  places.set(key, place);
  const [oldest] = places.keys();
  if (places.size > MOST && oldest !== undefined) places.delete(oldest);
}
