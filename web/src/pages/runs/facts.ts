import type { Run, RunTag } from "../../api/schema.gen";

/** The files in which a run wrote down what it ran in. */
export const PATCH = "cuvee/diff.patch";
export const ENVIRONMENT = "cuvee/environment.json";
export const LOCK = "cuvee/requirements.lock";
export const OUTPUT = "cuvee/output.log";

/** The tag that names the run in which one is nested. */
export const PARENT = "mlflow.parentRunId";

/** What code ran, as far as the run's tags tell. */
export interface CodeFacts {
  readonly commit: string;
  readonly branch: string;
  readonly repository: string;
  /** Whether the working tree differed; undefined when nobody looked. */
  readonly dirty: boolean | undefined;
  readonly source: string;
  readonly kind: string;
  readonly entry: string;
  readonly command: string;
}

const RESERVED = ["cuvee.", "mlflow."]; // written by clients, and shown where they belong

/** The tags that somebody has given a run. */
export function ownTags(run: Run): readonly RunTag[] {
  return (run.data.tags ?? []).filter(({ key }) => !RESERVED.some((own) => key.startsWith(own)));
}

export function tagOf(run: Run, key: string): string {
  return run.data.tags?.find((tag) => tag.key === key)?.value ?? "";
}

const SOON = 60_000; // milliseconds in which files come after a run has ended

/** Whether a run may still write down what it ran in, and what its program has written. */
export function isGrowing({ info }: Run, now: number): boolean {
  const live = info.status === "RUNNING" || info.status === "SCHEDULED";
  return live || now - (info.end_time ?? 0) < SOON;
}

export function codeFacts(run: Run): CodeFacts {
  const dirty = tagOf(run, "cuvee.git.dirty");
  return {
    commit: tagOf(run, "mlflow.source.git.commit"),
    branch: tagOf(run, "mlflow.source.git.branch"),
    repository: tagOf(run, "mlflow.source.git.repoURL"),
    dirty: dirty ? dirty === "true" : undefined,
    source: tagOf(run, "mlflow.source.name"),
    kind: tagOf(run, "mlflow.source.type"),
    entry: tagOf(run, "mlflow.project.entryPoint"),
    command: tagOf(run, "cuvee.command"),
  };
}

/** What a run ran in. */
export interface Environment {
  readonly python: string;
  readonly implementation: string;
  readonly executable: string;
  readonly platform: string;
  readonly machine: string;
  readonly host: string;
  readonly cpus: number;
  readonly memory: number;
  readonly gpus: readonly string[];
  readonly packages: ReadonlyMap<string, string>;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Read what a run wrote down; what is missing or has another form is left out. */
export function readEnvironment(text: string | undefined): Environment | undefined {
  if (!text) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null) return undefined;
  const told = read as Record<string, unknown>;
  const words = (key: string) => (typeof told[key] === "string" ? (told[key] as string) : "");
  const number = (key: string) => (typeof told[key] === "number" ? (told[key] as number) : 0);
  const gpus = Array.isArray(told.gpus) ? told.gpus : [];
  const packages = typeof told.packages === "object" && told.packages ? told.packages : undefined;
  return {
    python: words("python"),
    implementation: words("implementation"),
    executable: words("executable"),
    platform: words("platform"),
    machine: words("machine"),
    host: words("host"),
    cpus: number("cpus"),
    memory: number("memory"),
    gpus: gpus.filter((gpu): gpu is string => typeof gpu === "string"),
    packages: packages
      ? new Map(
          Object.entries(packages).flatMap(([k, v]) => (typeof v === "string" ? [[k, v]] : [])),
        )
      : NONE,
  };
}

/** Output as a terminal would leave it: without colours, and lines that were drawn over. */
export function settled(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
      .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
      .replace(/\r\n/g, "\n")
      .replace(/^.*\r(?=[^\n])/gm, "")
  );
}
