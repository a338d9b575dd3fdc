import { expect, test } from "vitest";
import { exampleFrame, indented } from "./example";

test("a frame has its columns and rows, with params or without", () => {
  const frame = {
    columns: ["alcohol", "pH"],
    data: [
      [9.4, null],
      ["x", true],
    ],
  };
  const rows = [
    ["9.4", "null"],
    ["x", "true"],
  ];
  const wanted = { columns: frame.columns, rows };
  expect(exampleFrame(JSON.stringify(frame))).toEqual(wanted);
  expect(exampleFrame(JSON.stringify({ inputs: frame, params: {} }))).toEqual(wanted);
  expect(exampleFrame('{"data": [[1, 2]]}')).toEqual({ columns: ["0", "1"], rows: [["1", "2"]] });
});

test("what is no frame is shown as JSON, and what is no JSON as it is", () => {
  for (const text of ["[1, 2]", '{"data": [1]}', "nonsense", "null"]) {
    expect(exampleFrame(text)).toBeUndefined();
  }
  expect(indented('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(indented("nonsense")).toBe("nonsense");
});
