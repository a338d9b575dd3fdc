import { count, grouped } from "../../lib/number";

export const strings = {
  title: (runs: number) => (runs ? `Compare ${count(runs, "run")}` : "Compare runs"),
  above: "Experiments",
  tabs: {
    label: "Parts of the comparison",
    table: "Differences",
    charts: "Charts",
    plots: "Parallel",
    scatter: "Scatter",
    code: "Code",
    environment: "Environment",
    artifacts: "Artifacts",
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
  unclear: (ids: readonly string[]) =>
    `More than one run has an id that begins with ${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}. Write more of ${ids.length === 1 ? "it" : "them"} into the address, or select the runs again in their experiment.`,
  tooMany: (most: number) => `The first ${most} runs are compared.`,
  runs: "Runs that are compared",
  baseline: "Baseline",
  actions: (name: string) => `Actions for ${name}`,
  makeBaseline: "Compare the others with it",
  remove: "Leave it out",
  onlyDifferences: "Only differences",
  kinds: {
    all: "All",
    params: "Params",
    metrics: "Metrics",
    system: "System",
    datasets: "Datasets",
    tags: "Tags",
    about: "About",
  },
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
  textsFailed: "What the runs wrote down could not be read.",
  change: { changed: "changed", added: "added", removed: "missing" },
  changes: (changed: number, added: number, removed: number, same: number) =>
    `${changed} changed, ${added} added, ${removed} missing, ${same} the same`,
  differing: (differ: number, all: number) => `${differ} of ${all} differ`,
  noDifference: "Nothing that is looked for differs",
  noDifferences: "The runs do not differ in this",
  code: {
    commit: "Git commit",
    dirty: "Uncommitted changes",
    branch: "Branch",
    repository: "Repository",
    source: "Source",
    kind: "Kind",
    entry: "Entry point",
    command: "Command",
  },
  commitsDiffer:
    "These runs ran different commits: git diff with both shows what was committed between them.",
  samePatch: "Their uncommitted changes are the same.",
  noPatch: "Neither has kept uncommitted changes.",
  patches: (first: string, other: string) => `Uncommitted changes: ${first} and ${other}`,
  with: (first: string) => `${first} against`,
  lines: (removed: number, added: number) =>
    removed || added
      ? `${count(removed, "line")} removed, ${count(added, "line")} added`
      : "The same",
  diffFailed: "The texts could not be compared.",
  tooLong: "These texts have too many lines to be compared here: download both.",
  groups: ["Computer", "Packages"] as const,
  environment: {
    python: "Python",
    implementation: "Implementation",
    platform: "System",
    machine: "Machine",
    host: "Host",
    cpus: "CPUs",
    memory: "Memory",
    gpus: "GPUs",
  },
  findPackages: "Find packages",
  noEnvironment: "None of these runs wrote down what it ran in",
  noEnvironmentText:
    "Runs that cuvee.start_run starts do so when they log to a server, unless CUVEE_CAPTURE_ENVIRONMENT=0 is set.",
  silent: (names: readonly string[]) =>
    `Without a word of what they ran in: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}.`,
  filesFailed: "The files could not be read.",
  findFiles: "Find files",
  noFiles: "None of these runs has files",
  byDigest:
    "Files are the same when their bytes are (sha256). Choose one to compare what is in it.",
  filesCut: (most: number) => `Of each run the first ${most} files are compared.`,
  elsewhere: (names: readonly string[]) =>
    `Not kept by this server, and so not compared: the files of ${names.join(", ")}.`,
  pair: (path: string, first: string, other: string) => `${path}: ${first} and ${other}`,
  inNeither: "Neither of these two runs has this file.",
  samePair: "Both runs have the same bytes in this file.",
  noMatrix: (name: string) => `${name} has no confusion matrix here.`,
  images: {
    label: "How the images are shown",
    beside: "Side by side",
    swipe: "Swipe",
    edge: "Where the edge between the images is",
    shown: (name: string, part: number) => `${name} up to ${part} %`,
  },
  looks: { label: "How the file is compared", table: "Table", lines: "Lines" },
  table: {
    row: "Row",
    change: "Change",
    column: (number: number) => `Column ${number}`,
    none: "The tables have the same rows; the files are written differently.",
    noneOfFirst: "The rows that were compared are the same.",
    first: (rows: number) => `Only the first ${grouped(rows)} rows of each are compared.`,
    types: (changes: readonly string[]) =>
      changes.length ? `Other types: ${changes.join(", ")}.` : "",
    type: (name: string, from: string, to: string) => `${name} from ${from} to ${to}`,
    nothing: "empty",
    rows: (changed: number, added: number, removed: number, same: number) =>
      `${count(changed, "row")} changed, ${added} added, ${removed} missing, ${same} the same.`,
    added: (names: readonly string[]) =>
      names.length ? `Columns added: ${names.join(", ")}.` : "",
    removed: (names: readonly string[]) =>
      names.length ? `Columns missing: ${names.join(", ")}.` : "",
  },
  missingHere: "This run does not have it.",
  tooBig: (most: string) => `Files above ${most} are not compared line by line: download both.`,
  unreadTable: (name: string, why: string) => `The file of ${name}: ${why}`,
  noText: (before: string, after: string) =>
    `These are no texts; they have ${before} and ${after}. Download both to compare them.`,
  noScatter: "These runs have no metric and param to draw",
} as const;
