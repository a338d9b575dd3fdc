import { parseYaml, type Yaml } from "./yaml";

/** A column that a model takes or gives. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}

/** What a file named MLmodel says. */
export interface ModelFacts {
  readonly modelId: string;
  readonly run: string;
  readonly created: string;
  readonly size: number;
  readonly madeWith: string;
  readonly example: string;
  readonly flavors: readonly (readonly [string, readonly (readonly [string, string])[]])[];
  readonly inputs: readonly Column[];
  readonly outputs: readonly Column[];
  readonly params: readonly Column[];
}

/**
 * Read a file named MLmodel.
 *
 * @throws Error when it cannot be read.
 */
export function modelFacts(text: string): ModelFacts {
  const read = parseYaml(text);
  const flavors = at(read, "flavors");
  if (!isMap(flavors)) throw new Error("it names no flavors");
  const signature = at(read, "signature");
  const run = said(read, "run_id");
  const [cuvee, version] = [said(read, "cuvee_version"), said(read, "mlflow_version")];
  return {
    modelId: said(read, "model_id"),
    run: /^[0-9a-f]{32}$/.test(run) ? run : "",
    created: said(read, "utc_time_created"),
    size: Number(said(read, "model_size_bytes")) || 0,
    madeWith: cuvee ? `Cuvee ${cuvee}` : version && `MLflow ${version}`,
    example: said(at(read, "saved_input_example_info"), "artifact_path"),
    flavors: Object.entries(flavors).map(([name, details]) => [name, factsOf(details)] as const),
    inputs: columns(said(signature, "inputs")),
    outputs: columns(said(signature, "outputs")),
    params: columns(said(signature, "params")),
  };
}

function isMap(value: Yaml | undefined): value is { [key: string]: Yaml } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function at(value: Yaml | undefined, key: string): Yaml | undefined {
  return isMap(value) ? value[key] : undefined;
}

function said(value: Yaml | undefined, key: string): string {
  const found = at(value, key);
  return typeof found === "string" ? found : "";
}

function factsOf(value: Yaml): [string, string][] {
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, found]): [string, string][] => {
    if (found === null || found === "") return [];
    return [[key, typeof found === "string" ? found : JSON.stringify(found)]];
  });
}

function columns(text: string): Column[] {
  if (!text) return [];
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(read) ? read.map(columnOf) : [];
}

function columnOf(value: unknown, index: number): Column {
  const column = (typeof value === "object" && value ? value : {}) as Record<string, unknown>;
  const tensor = column["tensor-spec"] as { dtype?: unknown; shape?: unknown } | undefined;
  const name = typeof column.name === "string" ? column.name : "";
  const plain = typeof column.type === "string" ? column.type : "?";
  const type = tensor ? `${String(tensor.dtype)} ${JSON.stringify(tensor.shape)}` : plain;
  const shaped = Array.isArray(column.shape) ? ` ${JSON.stringify(column.shape)}` : "";
  return {
    name: name || (index || !tensor ? String(index) : ""),
    type: type + (tensor ? "" : shaped),
    optional: column.required === false || column.optional === true || "default" in column,
  };
}
