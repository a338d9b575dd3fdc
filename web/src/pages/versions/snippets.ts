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
  readonly name: "Python" | "curl" | "CLI";
  readonly text: string;
}

const RESTING = ["None", "Archived"];
const TOKEN = "CUVEE_TRACKING_TOKEN";

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
    { name: "curl", text: curl(use, by) },
    ...(cli ? [{ name: "CLI", text: cli } as const] : []),
  ];
}

/** The URI by which a model is loaded. */
export function uriOf(name: string, { kind, value }: Address): string {
  if (kind === "alias") return `models:/${name}@${value}`;
  if (kind === "digest") return `models:/${name}@sha256:${value}`;
  return `models:/${name}/${value}`;
}

function python(use: Use, by: Address): string {
  return [
    ...(use.login ? [`# ${TOKEN} in the environment is a token from Settings`] : []),
    "import cuvee",
    "",
    `cuvee.set_tracking_uri(${literal(use.server)})`,
    `model = cuvee.pyfunc.load_model(${literal(uriOf(use.name, by))})`,
    ...(use.example ? ["model.predict(model.input_example)"] : []),
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

function command({ server, login, name }: Use, { kind, value }: Address): string | undefined {
  const asked = {
    version: `versions show ${word(name)} ${value}`,
    stage: `versions holders ${word(name)} ${word(value)} --limit 1`,
    alias: `models show ${word(name)}`,
    digest: undefined,
  }[kind];
  if (!asked) return undefined;
  const lines = [
    ...(login ? [`# ${TOKEN} in the environment is a token from Settings`] : []),
    `export CUVEE_TRACKING_URI=${word(server)}`,
    `cuvee ${asked}`,
  ];
  return lines.join("\n");
}

/** A text as Python writes it; JSON's escapes are Python's, too. */
const literal = (text: string) => JSON.stringify(text);

/** A text as one word of a shell. */
function word(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
