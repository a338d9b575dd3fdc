import { expect, test } from "vitest";
import { isGrowing, readEnvironment, settled } from "./facts";

test("what a run wrote down is read, whatever is missing", () => {
  const found = readEnvironment(
    JSON.stringify({
      python: "3.13.0",
      cpus: 2,
      gpus: ["A100", 3],
      packages: { numpy: "2.0", x: 1 },
    }),
  );
  expect([found?.python, found?.cpus, found?.gpus, found?.host]).toEqual([
    "3.13.0",
    2,
    ["A100"],
    "",
  ]);
  expect([...(found?.packages ?? [])]).toEqual([["numpy", "2.0"]]);
  for (const text of [undefined, "", "{", "3", "null"]) {
    expect(readEnvironment(text)).toBeUndefined();
  }
});

test("output is what a terminal would leave", () => {
  expect(settled("a\r\n 10%\r 50%\r100%\nb\r\n\u001b[31mred\u001b[0m\n")).toBe("a\n100%\nb\nred\n");
});

test("a run may write until a minute after its end", () => {
  const run = (status: string, end_time?: number) =>
    ({ info: { status, end_time }, data: {} }) as unknown as Parameters<typeof isGrowing>[0];
  expect(isGrowing(run("RUNNING"), 1e9)).toBe(true);
  expect(isGrowing(run("FINISHED", 1e9 - 59_000), 1e9)).toBe(true);
  expect(isGrowing(run("FAILED", 1e9 - 61_000), 1e9)).toBe(false);
});
