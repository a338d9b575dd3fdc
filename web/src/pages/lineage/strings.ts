import type { LineageNode } from "../../api/schema.gen";

const kinds: Record<LineageNode["kind"], string> = {
  dataset: "Dataset",
  run: "Run",
  logged_model: "Logged model",
  version: "Version",
  stage: "Stage",
  deployment: "Deployment",
};

export const strings = {
  title: "Lineage",
  failed: "The lineage could not be read.",
  view: "Show as",
  graph: "Graph",
  table: "Table",
  depth: "Steps",
  export: "Export",
  svg: "Drawing (SVG)",
  json: "Nodes and edges (JSON)",
  incomplete: "More lies further away, or was left out: choose more steps.",
  hint: "A click tells more of a thing, a double click or Enter opens it; the arrows go along the lines.",
  version: {
    title: "Nothing is known of where this version comes from",
    text: "A version that is registered from a run, or from a model that a run has logged, shows them here with the datasets that the run has read.",
  },
  run: {
    title: "Nothing is known of where this run comes from, and nothing has come of it yet",
    text: "Datasets that the run reads, models that it logs, versions registered from it, and runs nested in it or forked from it are shown here.",
  },
  link: "Code that links it with others",
  of: (name: string, version: string) => `Where version ${version} of ${name} comes from`,
  ofRun: "Where this run comes from and what has come of it",
  kinds,
  stageOf: (model: string) => `Stage of ${model}`,
  deploymentOf: (model: string) => `Deployment of ${model}`,
  states: {
    hidden: "You may not read it",
    missing: "Not here any more",
    deleted: "Deleted",
  } as Record<string, string>,
  edges: {
    input: "was read by",
    logged: "has logged",
    registered: "was registered as",
    copied: "was copied as",
    nested: "is the parent of",
    forked: "was forked as",
    holds: "is in",
    deployed: "runs at",
  },
  from: "From",
  how: "How",
  to: "To",
  open: "Open",
  facts: {
    id: "Id",
    digest: "Digest",
    status: "Status",
    stage: "Stage",
    user: "By",
    time: "When",
    experiment: "Experiment",
    run: "Run",
    state: "State",
    url: "Address",
  },
} as const;

/** What a thing is called in one line. */
export function nameOf({ kind, name, ref }: LineageNode): string {
  if (kind === "version") return `${name} ${ref}`;
  if (kind === "stage" || kind === "deployment") return ref;
  return name || ref.slice(0, 12);
}

/** What it is, and what else tells it apart. */
export function kindOf({ kind, name = "", status, state }: LineageNode): string {
  if (kind === "stage") return strings.stageOf(name);
  if (kind === "deployment") return strings.deploymentOf(name);
  const more = state ? strings.states[state] : status === "None" ? "" : status;
  return more ? `${strings.kinds[kind]} · ${more}` : strings.kinds[kind];
}
