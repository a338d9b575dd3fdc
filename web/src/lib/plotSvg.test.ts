import { expect, test } from "vitest";
import { toSvg } from "./plotSvg";

const sheet = {
  title: "loss <raw>",
  xName: "Step",
  logX: false,
  logY: false,
  written: [String, String] as const,
  colour: (token: string) => token,
};
const line = { name: "a", colour: "--run-0", y: [1, null, 3, 4] };

test("a chart becomes a file: its lines, their names, its axes", () => {
  const both = [line, { ...line, name: "b", colour: "--run-1", dash: [6, 3] }];
  const text = toSvg({ x: [0, 1, 2, 3], lines: both }, sheet);
  expect(text.match(/stroke="--run-\d" stroke-width="1.6"/g)).toHaveLength(2);
  expect(text).toContain("loss &lt;raw&gt;");
  expect(text).toContain(">b</text>");
  expect(text).toContain('stroke-dasharray="6 3"');
});

test("what lies outside the part that is shown is left out", () => {
  const text = toSvg({ x: [0, 1, 2, 3], lines: [line] }, { ...sheet, range: [2, 3] });
  const [, d = ""] = /d="([^"]*)" fill="none" stroke="--run-0"/.exec(text) ?? [];
  expect(d.match(/[ML]/g)).toEqual(["M", "L"]);
  expect(toSvg({ x: [], lines: [] }, sheet)).toContain("</svg>");
});
