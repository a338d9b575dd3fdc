import { expect, test } from "vitest";
import {
  beginning,
  firstRow,
  fitsForm,
  question,
  questionOf,
  shownAnswer,
  wrongFields,
} from "./tryout";

const columns = [
  { name: "pH", type: "double", optional: false },
  { name: "year", type: "long", optional: false },
  { name: "red", type: "boolean", optional: false },
  { name: "note", type: "string", optional: true },
];
const example = JSON.stringify({
  dataframe_split: {
    columns: ["pH", "year", "red"],
    data: [
      [3.5, 2020, true],
      [3, 2021, false],
    ],
  },
});
const good = { dataframe_split: { columns: ["pH", "year", "red"], data: [[3.5, 2020, true]] } };

test("a form begins with the first row of the example, and asks for it", () => {
  const row = firstRow(beginning(example, columns), columns);
  expect(row).toEqual({ pH: "3.5", year: "2020", red: "true", note: "" });
  expect(wrongFields(row, columns)).toEqual([]);
  expect(questionOf(row, columns)).toEqual(good);
});

test("without an example a row of the right types is made up", () => {
  const text = beginning(undefined, columns);
  expect(question(text, columns)).toEqual({
    dataframe_split: { columns: ["pH", "year", "red", "note"], data: [[0, 0, false, ""]] },
  });
  expect(JSON.parse(beginning("no JSON", []))).toEqual({ inputs: [] });
});

test("each field that is wrong is named, with what it needs", () => {
  const row = { pH: "sour", year: "1.5", red: "maybe", note: "" };
  expect(wrongFields(row, columns).map(({ column }) => column)).toEqual(["pH", "year", "red"]);
  expect(wrongFields({ ...row, pH: "" }, columns)[0]?.text).toBe("Give a number (double).");
  expect(wrongFields({ pH: "1e3", year: " 7 ", red: "false" }, columns)).toEqual([]);
  expect(wrongFields({ pH: "Infinity", year: "1", red: "true" }, columns)).toHaveLength(1);
});

test("of a question in JSON the column and the row that are wrong are named", () => {
  const wrong = (value: unknown) => {
    const found = question(JSON.stringify(value), columns);
    return Array.isArray(found) ? found.map(({ text }) => text) : found;
  };
  expect(wrong(good)).toEqual(good);
  expect(
    wrong({
      dataframe_records: [
        { pH: 3, year: 1, red: true },
        { pH: "x", year: 1 },
      ],
    }),
  ).toEqual(["Row 2: pH: Give a number (double).", "Row 2: red is missing."]);
  expect(wrong({ dataframe_split: { columns: ["pH"], data: [[null]] } })).toEqual([
    "year is missing.",
    "red is missing.",
  ]);
  expect(wrong({ inputs: "anything" })).toEqual({ inputs: "anything" });
  expect(wrong([1])).toHaveLength(1);
  expect(wrong({ data: 1 })).toHaveLength(1);
  expect(question("{", columns)).toMatchObject([{ column: "" }]);
});

test("there is no form for tensors and columns without names", () => {
  expect(fitsForm(columns)).toBe(true);
  expect(fitsForm([])).toBe(false);
  expect(fitsForm([{ name: "", type: "float64 [-1,3]", optional: false }])).toBe(false);
  expect(fitsForm([{ name: "x", type: "double [2]", optional: false }])).toBe(false);
});

test("an answer is shown as its predictions, or as what it says", () => {
  expect(shownAnswer('{"predictions": [5.5]}')).toBe("[\n  5.5\n]");
  expect(shownAnswer('{"error_code": "X", "message": "no column pH"}')).toBe("no column pH");
  expect(shownAnswer("<html>")).toBe("<html>");
  expect(shownAnswer("[1]")).toBe("[\n  1\n]");
});

test("whole numbers beyond what the language's numbers hold are asked about as they are", () => {
  const columns = [{ name: "id", type: "long", optional: false }];
  const id = "9007199254740993";
  expect(wrongFields({ id }, columns)).toEqual([]);
  const asked = JSON.stringify(questionOf({ id }, columns));
  expect(asked).toBe(`{"dataframe_split":{"columns":["id"],"data":[[${id}]]}}`);
  expect(JSON.stringify(question(asked, columns))).toBe(asked);
  expect(firstRow(beginning(asked, columns), columns)).toEqual({ id });
  expect(shownAnswer(`{"predictions": [${id}]}`)).toContain(id);
});
