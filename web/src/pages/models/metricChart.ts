import type { Holding, ModelVersion } from "../../api/schema.gen";

/** A stage, the versions that hold it, and those that have held it and do not any more. */
export interface Band {
  readonly stage: string;
  readonly now: readonly string[];
  readonly past: readonly string[];
}

const resting = (stage: string) => stage === "None" || stage === "Archived";

/** The stages that some version holds or has held, with those versions. */
export function bandsOf(
  versions: readonly ModelVersion[],
  holdings: readonly Holding[],
): readonly Band[] {
  const known = new Set(versions.map((v) => v.version));
  const now = new Map<string, Set<string>>();
  const past = new Map<string, Set<string>>();
  const put = (where: Map<string, Set<string>>, stage: string, version: string) => {
    if (!resting(stage)) where.set(stage, (where.get(stage) ?? new Set()).add(version));
  };
  for (const { version, current_stage } of versions) put(now, current_stage, version);
  for (const { version, stage } of holdings) if (known.has(version)) put(past, stage, version);
  return [...new Set([...now.keys(), ...past.keys()])].sort().map((stage) => {
    const held = now.get(stage) ?? new Set();
    return {
      stage,
      now: [...held],
      past: [...(past.get(stage) ?? [])].filter((version) => !held.has(version)),
    };
  });
}

/** Where each version stands on the x axis: the middle of its step. */
export function placesOf(
  numbers: readonly string[],
  left: number,
  step: number,
): ReadonlyMap<string, number> {
  return new Map(numbers.map((number, i) => [number, left + (i + 0.5) * step]));
}

/** A y axis from its top to its bottom, with some room, and four ticks or so. */
export function scaleOf(
  values: readonly number[],
  top: number,
  bottom: number,
): { place: (value: number) => number; ticks: readonly number[] } {
  const finite = values.filter(Number.isFinite);
  if (!finite.length) return { place: () => bottom, ticks: [] };
  let [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  low -= room;
  high += room;
  const raw = (high - low) / 4;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((n) => n * size >= raw) ?? 10) * size;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i += 1) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return { place: (value) => bottom - ((value - low) / (high - low)) * (bottom - top), ticks };
}
