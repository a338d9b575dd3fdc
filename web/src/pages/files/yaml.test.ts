import { expect, test } from "vitest";
import { parseYaml } from "./yaml";

const MODEL = `artifact_path: model
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    python_version: 3.10.0
  sklearn:
    code: null
    pickled_model: model.pkl
model_size_bytes: 1042
prompts: null
signature:
  inputs: '[{"type": "double", "name": "it''s", "required": true}, {"type": "double",
    "name": "ph"}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: null
type_hint: "a\\tb \\u00e9"
empty: {}
items:
- one
- name: two
  size: 2
-
  - nested
text: |
  first
    second
utc_time_created: '2026-01-01 10:00:00.000000'
`;

test("what MLmodel files hold is read", () => {
  const found = parseYaml(MODEL) as Record<string, unknown>;
  expect(found.artifact_path).toBe("model");
  expect(found.flavors).toEqual({
    python_function: {
      env: { conda: "conda.yaml", virtualenv: "python_env.yaml" },
      loader_module: "mlflow.sklearn",
      python_version: "3.10.0",
    },
    sklearn: { code: null, pickled_model: "model.pkl" },
  });
  const signature = found.signature as Record<string, string>;
  expect(JSON.parse(signature.inputs as string)).toHaveLength(2);
  expect(JSON.parse(signature.inputs as string)[0].name).toBe("it's");
  expect(found.type_hint).toBe("a\tb é");
  expect(found.items).toEqual(["one", { name: "two", size: "2" }, ["nested"]]);
  expect(found.text).toBe("first\n  second");
  expect(found.empty).toEqual({});
  expect(found.utc_time_created).toBe("2026-01-01 10:00:00.000000");
});

test("what is something else is refused, not guessed", () => {
  for (const text of ["a: &x 1\nb: *x", "a: !!python/object 1", "a: {b: c}", "a: b\n- c"]) {
    expect(() => parseYaml(text), text).toThrow();
  }
  expect(Object.keys(parseYaml("__proto__: 1") as object)).toEqual(["__proto__"]);
});
