import { keep, kept } from "./store";

/** A page of something that was looked at. */
export interface Place {
  readonly name: string;
  /** Its path, without the server's. */
  readonly path: string;
}

/** Where somebody has been: another who uses this browser is not told. */
interface Kept {
  readonly user: string;
  readonly places: readonly Place[];
}

const KEY = "recent";
const MOST = 8;

/** The pages that a user looked at last, the latest first. */
export function recent(user: string | undefined): readonly Place[] {
  const found = kept<Kept | undefined>(KEY, undefined);
  return found !== undefined && found.user === user ? found.places : [];
}

/** Note that a page is looked at; another tab of the same thing takes its place. */
export function visited(user: string, place: Place): void {
  const others = recent(user).filter(({ name }) => name !== place.name);
  keep(KEY, { user, places: [place, ...others].slice(0, MOST) });
}
