import { count } from "../../lib/number";

export const strings = {
  title: (runs: number) => (runs ? `Compare ${count(runs, "run")}` : "Compare runs"),
  above: "Experiments",
  tabs: {
    label: "Parts of the comparison",
    table: "Differences",
    charts: "Charts",
    scatter: "Scatter",
  },
  failed: "The runs could not be read.",
  none: "Nothing is compared yet",
  noneText:
    "Open an experiment, select two runs or more with their boxes (or x), then Compare (or c).",
  toExperiments: "Go to Experiments",
  one: "This is one run. Select another one in its experiment to compare it with.",
  missing: (ids: readonly string[]) =>
    `${count(ids.length, "run")} cannot be shown: deleted for good, mistyped, or not yours to see (${ids
      .slice(0, 5)
      .map((id) => id.slice(0, 8))
      .join(", ")}${ids.length > 5 ? ", …" : ""}).`,
  tooMany: (most: number) => `The first ${most} runs are compared.`,
  runs: "Runs that are compared",
  baseline: "Baseline",
  actions: (name: string) => `Actions for ${name}`,
  makeBaseline: "Compare the others with it",
  remove: "Leave it out",
  onlyDifferences: "Only differences",
  kinds: { all: "All", params: "Params", metrics: "Metrics", tags: "Tags", about: "About" },
  kind: "Kind",
  key: "Key",
  find: "Find keys",
  label: "What the runs have",
  rows: (shown: number, differ: number, all: number) =>
    shown === all
      ? `${count(all, "key")}, ${differ} differ`
      : `${shown} of ${count(all, "key")}, ${differ} differ`,
  same: "These runs do not differ in what is looked for",
  showAll: "Show what is equal, too",
  noMetrics: "No two of these runs have a metric in common",
  x: "X axis",
  y: "Y axis",
  scatter: (y: string, x: string) => `${y} against ${x}`,
  lacking: (runs: number) =>
    `${count(runs, "run")} without one of these values, or with one that the axis cannot show, ${runs === 1 ? "is" : "are"} left out.`,
  noScatter: "These runs have no metric and param to draw",
} as const;
