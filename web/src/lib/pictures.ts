import { kindOf } from "./kinds";

/** An image of a run, at a step where its key has some. */
export interface Picture {
  readonly key: string;
  /** Undefined for a file that stands alone. */
  readonly step: number | undefined;
  readonly path: string;
  /** A smaller one of it. */
  readonly small: string;
}

/** The folder of images that have keys and steps. */
export const IMAGES = "images";
const LOGGED = /^images\/(.+?)([+%])step\2(-?\d+)\2timestamp\2(\d+)\2[^/]*?(\2compressed)?\.(\w+)$/;

/** The images among the files of a run, by their keys and steps; of one step the last counts. */
export function picturesOf(paths: readonly string[]): Picture[] {
  const found = new Map<string, Picture & { time: number }>();
  for (const path of paths) {
    const [, name, sign, at = "", stamp, compressed] = LOGGED.exec(path) ?? [];
    if (name === undefined) {
      const alone = { key: path, step: undefined, path, small: path, time: 0 };
      if (kindOf(path) === "image") found.set(path, alone);
      continue;
    }
    const key = sign === "+" ? name.replaceAll("~", "/") : name.replaceAll("#", "/");
    const [step, time] = [Number(at), Number(stamp)];
    const place = `${key}\n${step}`;
    const known = found.get(place);
    if (known && known.time > time) continue;
    const same = known?.time === time ? known : undefined;
    found.set(place, {
      key,
      step,
      time,
      path: compressed ? (same?.path ?? path) : path,
      small: compressed ? path : (same?.small ?? path),
    });
  }
  return [...found.values()].map(({ time: _, ...picture }) => picture);
}

/** The steps of some images, each once, in their order. */
export function stepsOf(pictures: readonly Picture[]): number[] {
  return [...new Set(pictures.flatMap(({ step }) => step ?? []))].sort((a, b) => a - b);
}

/** What a run shows at a step: the image of that step, else the last one before it. */
export function pictureAt(pictures: readonly Picture[], step: number): Picture | undefined {
  let found: Picture | undefined;
  for (const picture of pictures) {
    const at = picture.step ?? step;
    if (at <= step && at >= (found?.step ?? Number.NEGATIVE_INFINITY)) found = picture;
  }
  return found;
}
