import { expect, test } from "vitest";
import { modelFacts } from "./model";

test("a model's facts, flavors and signature are read", () => {
  const found = modelFacts(`flavors:
  python_function:
    loader_module: mlflow.sklearn
    env:
      conda: conda.yaml
mlflow_version: 3.1.0
run_id: ${"a".repeat(32)}
signature:
  inputs: '[{"type": "double", "name": "ph", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: '[{"name": "t", "type": "float", "default": 0.5, "shape": null}]'
`);
  expect(found.run).toBe("a".repeat(32));
  expect(found.madeWith).toBe("MLflow 3.1.0");
  expect(found.flavors).toEqual([
    [
      "python_function",
      [
        ["loader_module", "mlflow.sklearn"],
        ["env", '{"conda":"conda.yaml"}'],
      ],
    ],
  ]);
  expect(found.inputs).toEqual([{ name: "ph", type: "double", optional: true }]);
  expect(found.outputs).toEqual([{ name: "", type: "float64 [-1]", optional: false }]);
  expect(found.params).toEqual([{ name: "t", type: "float", optional: true }]);
});

test("what names no flavors is refused", () => {
  expect(() => modelFacts("a: b")).toThrow("flavors");
});
