import type { ModelVersion } from "../../api/schema.gen";

/** How code names a version: by itself, or by something that may name another one later. */
export interface Address {
  readonly kind: "version" | "stage" | "alias" | "digest";
  readonly value: string;
}

/** What the snippets are about. */
export interface Use {
  readonly server: string;
  /** Whether the server asks who calls. */
  readonly login: boolean;
  readonly name: string;
  readonly version: string;
  /** Whether the server keeps the files. */
  readonly stored: boolean;
  /** Whether an input example was saved with the model. */
  readonly example: boolean;
}

export interface Snippet {
  readonly name: "Python" | "Batch" | "curl" | "CLI" | "Serve" | "Docker" | "Deployed";
  readonly text: string;
}

const RESTING = ["None", "Archived"];
const TOKEN = "CUVEE_TRACKING_TOKEN";
const PORT = 5001; // where a served model listens

/** All by which a version can be named now. */
export function addressesOf(version: ModelVersion): Address[] {
  const { current_stage: stage, aliases = [], digest } = version;
  return [
    { kind: "version", value: version.version },
    ...(RESTING.includes(stage) ? [] : [{ kind: "stage", value: stage } as const]),
    ...aliases.map((value) => ({ kind: "alias", value }) as const),
    ...(digest ? [{ kind: "digest", value: digest } as const] : []),
  ];
}

/** Code that uses the version by one of its addresses. */
export function snippets(use: Use, by: Address): Snippet[] {
  const cli = command(use, by);
  return [
    { name: "Python", text: python(use, by) },
    { name: "Batch", text: batch(use, by) },
    { name: "curl", text: curl(use, by) },
    ...(cli ? [{ name: "CLI", text: cli } as const] : []),
    { name: "Serve", text: serve(use, by) },
    { name: "Docker", text: docker(use, by) },
    { name: "Deployed", text: deployed(use) },
  ];
}

/** The URI by which a model is loaded. */
export function uriOf(name: string, { kind, value }: Address): string {
  if (kind === "alias") return `models:/${name}@${value}`;
  if (kind === "digest") return `models:/${name}@sha256:${value}`;
  return `models:/${name}/${value}`;
}

const about = (use: Use) =>
  use.login ? [`# ${TOKEN} in the environment is a token from Settings`] : [];

function python(use: Use, by: Address, ...imports: string[]): string {
  return [
    ...about(use),
    "import cuvee",
    ...imports,
    "",
    `cuvee.set_tracking_uri(${literal(use.server)})`,
    `model = cuvee.pyfunc.load_model(${literal(uriOf(use.name, by))})`,
    ...(use.example && imports.length === 0 ? ["model.predict(model.input_example)"] : []),
  ].join("\n");
}

function batch(use: Use, by: Address): string {
  return [
    python(use, by, "import pandas"),
    'rows = pandas.read_csv("input.csv")',
    'rows.assign(prediction=model.predict(rows)).to_csv("predictions.csv", index=False)',
  ].join("\n");
}

/** The client that serves models, told where this server is. */
const client = (use: Use) => [
  ...about(use),
  `export MLFLOW_TRACKING_URI=${word(use.server)}`,
  ...(use.login ? [`export MLFLOW_TRACKING_TOKEN="$${TOKEN}"`] : []),
];

function serve(use: Use, by: Address): string {
  const uri = word(uriOf(use.name, by));
  return [
    ...client(use),
    `mlflow models serve -m ${uri} --port ${PORT} --env-manager local`,
    "",
    "# ask it, in another terminal",
    `curl -sSf http://127.0.0.1:${PORT}/invocations \\`,
    "  -H 'Content-Type: application/json' \\",
    "  -d @serving_input_example.json",
  ].join("\n");
}

function docker(use: Use, by: Address): string {
  const image = `${use.name}-${use.version}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const tag = image.replace(/^-+|-+$/g, "") || "model";
  return [
    ...client(use),
    `mlflow models build-docker -m ${word(uriOf(use.name, by))} -n ${tag}`,
    `docker run -p ${PORT}:8080 ${tag}`,
  ].join("\n");
}

/** What a pipeline says when it has deployed the version. */
function deployed(use: Use): string {
  const what = `${word(use.name)} ${use.version}`;
  return [
    ...about(use),
    `export CUVEE_TRACKING_URI=${word(use.server)}`,
    `cuvee deployments record ${what} k8s/prod-eu --comment 'build 71'`,
  ].join("\n");
}

/** Commands after which a version can be tried on its page. */
export function scoringOption(name: string, version: string): string {
  const entry = `${name}/${version}=http://127.0.0.1:${PORT}/invocations`;
  const uri = word(`models:/${name}/${version}`);
  return [
    "# serve it",
    `mlflow models serve -m ${uri} --port ${PORT} --env-manager local`,
    "",
    "# and start this server with the address",
    `cuvee server --scoring-url ${word(entry)}`,
  ].join("\n");
}

const CALLS: Record<Address["kind"], readonly [path: string, field: string]> = {
  version: ["/api/2.0/mlflow/model-versions/get", "version"],
  stage: ["/api/1.0/cuvee/stages/holder", "stage"],
  alias: ["/api/2.0/mlflow/registered-models/alias", "alias"],
  digest: ["/api/1.0/cuvee/model-versions/by-digest", "digest"],
};

function curl(use: Use, by: Address): string {
  const { server, name, version } = use;
  const [path, field] = CALLS[by.kind];
  const ask = (options: string, address: string, query: Record<string, string>) =>
    [
      `curl ${options}`,
      ...(use.login ? [`-H "Authorization: Bearer $${TOKEN}"`] : []),
      word(`${server}${address}?${new URLSearchParams(query)}`),
    ].join(" \\\n  ");
  const facts = ask("-sSf", path, { name, [field]: by.value });
  if (by.kind !== "version" || !use.stored) return facts;
  const files = ask(
    `-sSf -o ${word(`${name}-${version}.zip`)}`,
    "/model-versions/get-artifact-archive",
    {
      name,
      version,
      path: "",
    },
  );
  return `# what is known of it\n${facts}\n\n# its files\n${files}`;
}

function command(use: Use, { kind, value }: Address): string | undefined {
  const { server, name } = use;
  const asked = {
    version: `versions show ${word(name)} ${value}`,
    stage: `versions holders ${word(name)} ${word(value)} --limit 1`,
    alias: `models show ${word(name)}`,
    digest: undefined,
  }[kind];
  if (!asked) return undefined;
  const lines = [...about(use), `export CUVEE_TRACKING_URI=${word(server)}`, `cuvee ${asked}`];
  return lines.join("\n");
}

/** A text as Python writes it; JSON's escapes are Python's, too. */
const literal = (text: string) => JSON.stringify(text);

/** A text as one word of a shell. */
function word(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
