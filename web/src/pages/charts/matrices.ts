import { queryOptions } from "@tanstack/react-query";
import { textsOf } from "../../api/files";
import { queries } from "../../api/queries";
import type { RunFiles } from "../../api/schema.gen";
import { kindOf, nameOf } from "../../lib/kinds";
import { picturesOf } from "../../lib/pictures";
import { MOST_MATRIX, readConfusion } from "../files/confusion";

/** A file that may be a confusion matrix, and the runs that have it. */
export interface Candidate {
  readonly path: string;
  readonly runs: readonly string[];
}

const MOST_CANDIDATES = 100; // paths whose files are read to see what they are
const LOOKED = 2; // runs, for one of them may have failed halfway
const TOGETHER = 10; // files of a run that are read in one call

const isCalled = (path: string) => /confusion/i.test(nameOf(path));

/** The small tables and JSON files of some runs, those first that are called a confusion matrix. */
export function candidatesOf(found: readonly RunFiles[]): Candidate[] {
  const runs = new Map<string, string[]>();
  for (const { run_id, files = [] } of found) {
    for (const { path, size } of files) {
      const kind = kindOf(path);
      if ((kind === "json" || kind === "csv") && size <= MOST_MATRIX) {
        runs.set(path, [...(runs.get(path) ?? []), run_id]);
      }
    }
  }
  return [...runs]
    .map(([path, having]) => ({ path, runs: having }))
    .sort(
      (a, b) =>
        Number(isCalled(b.path)) - Number(isCalled(a.path)) || b.runs.length - a.runs.length,
    )
    .slice(0, MOST_CANDIDATES);
}

/** The images that are called a confusion matrix, by their keys or paths. */
export const matrixPictures = (paths: readonly string[]) =>
  picturesOf(paths)
    .map(({ key }) => key)
    .filter(isCalled);

/** Those files that are confusion matrices, as the newest runs that have one tell. */
export const matricesOf = (candidates: readonly Candidate[]) =>
  queryOptions({
    queryKey: [
      "texts",
      "matrices",
      candidates.map(({ path, runs }) => [path, runs.slice(0, LOOKED), runs.length]),
    ],
    queryFn: async () => {
      const byRun = new Map<string, string[]>();
      for (const { path, runs } of candidates) {
        for (const run of runs.slice(0, LOOKED)) {
          byRun.set(run, [...(byRun.get(run) ?? []), path]);
        }
      }
      const questions = [...byRun].flatMap(([run, paths]) =>
        inParts(paths).map(async (some) => {
          const texts = await queries.fetchQuery(textsOf([run], some, MOST_MATRIX));
          return some.filter((path) => readConfusion(path, texts.of(run, path)?.text ?? ""));
        }),
      );
      const matrices = new Set((await Promise.all(questions)).flat());
      return candidates
        .filter(({ path }) => matrices.has(path))
        .map(({ path, runs }) => ({ path, runs: runs.length }));
    },
    staleTime: 30_000,
  });

const inParts = (paths: readonly string[]) =>
  Array.from({ length: Math.ceil(paths.length / TOGETHER) }, (_, i) =>
    paths.slice(i * TOGETHER, (i + 1) * TOGETHER),
  );
