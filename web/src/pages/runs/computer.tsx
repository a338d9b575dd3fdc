import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { AGAIN, textsOf } from "../../api/files";
import type { Run } from "../../api/schema.gen";
import { bytes } from "../../lib/number";
import { ENVIRONMENT, type Environment, isGrowing, readEnvironment, tagOf } from "./facts";
import { strings } from "./strings";

type Item = readonly [string, ReactNode];

/** What a run has written down of what it ran in; looked for until it is there. */
export function useEnvironment(run: Run) {
  const { run_id } = run.info;
  const { data, isPending } = useQuery({
    ...textsOf([run_id], [ENVIRONMENT]),
    refetchInterval: ({ state }) =>
      isGrowing(run, Date.now()) && !state.data?.of(run_id, ENVIRONMENT) ? AGAIN : false,
  });
  return { environment: readEnvironment(data?.of(run_id, ENVIRONMENT)?.text), isPending };
}

/** The GPUs that a run had, by what it wrote down or by its tags. */
export function gpusOf(run: Run, environment: Environment | undefined): readonly string[] {
  const written = environment?.gpus ?? [];
  return (written.length ? written : tagOf(run, "cuvee.gpu").split("; ")).filter(Boolean);
}

export const hostOf = (run: Run, environment: Environment | undefined) =>
  environment?.host || tagOf(run, "cuvee.host");

/** The computer that a run ran on, as facts. */
export function computerItems(run: Run, environment: Environment | undefined): Item[] {
  const gpus = gpusOf(run, environment);
  return [
    [strings.host, hostOf(run, environment)],
    [strings.system, environment?.platform],
    [strings.machine, environment?.machine],
    [strings.cpus, environment?.cpus],
    [strings.memory, environment?.memory && bytes(environment.memory)],
    [
      strings.gpus,
      gpus.length > 0 &&
        // biome-ignore lint/suspicious/noArrayIndexKey: there are several of a kind
        gpus.map((gpu, i) => <div key={i}>{gpu}</div>),
    ],
  ];
}

/** The Python that a run ran in, as a fact. */
export const pythonItem = (environment: Environment | undefined): Item => [
  strings.python,
  environment?.python && `${environment.python} (${environment.implementation})`,
];
