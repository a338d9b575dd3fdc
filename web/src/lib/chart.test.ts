import { expect, test } from "vitest";
import { extended, readChart } from "./chart";

function packed(columns: Record<string, number[]>): ArrayBuffer {
  const names = Object.keys(columns);
  const buckets = Object.values(columns)[0]?.length ?? 0;
  const series = [{ run_id: "r", key: "m", buckets }];
  let header = JSON.stringify({ columns: names, series });
  header += " ".repeat((8 - (header.length % 8)) % 8);
  const bytes = new ArrayBuffer(8 + header.length + 8 * buckets * names.length);
  new Uint8Array(bytes).set(new TextEncoder().encode("CVC1"));
  new DataView(bytes).setUint32(4, header.length, true);
  new Uint8Array(bytes).set(new TextEncoder().encode(header), 8);
  new Float64Array(bytes, 8 + header.length).set(names.flatMap((name) => columns[name] ?? []));
  return bytes;
}

const COLUMNS = {
  x: [0, 5],
  last: [1, Number.NaN],
  min: [0.5, Number.NaN],
  x_min: [0, 5],
  max: [2, Number.NaN],
  x_max: [0, 5],
  mean: [1.25, Number.NaN],
  count: [4, 1],
  nans: [1, 1],
};

test("a binary chart is read column by column", () => {
  const [curve] = readChart(packed(COLUMNS));
  expect(curve?.run_id).toBe("r");
  expect([...(curve?.x ?? [])]).toEqual([0, 5]);
  expect([...(curve?.last ?? [])]).toEqual([1, Number.NaN]);
  expect([...(curve?.mean ?? [])]).toEqual([1.25, Number.NaN]);
  expect([...(curve?.count ?? [])]).toEqual([4, 1]);
});

test("what is no chart is refused", () => {
  expect(() => readChart(new TextEncoder().encode('{"series": []}').buffer)).toThrow("no chart");
});

test("points come behind the last, and are not taken in another order", () => {
  const [curve] = readChart(packed(COLUMNS));
  if (!curve) throw new Error("no curve");
  const more = extended(curve, [6, 9], [3, Number.NaN]);
  expect([...(more?.nans ?? [])]).toEqual([1, 1, 0, 1]);
  expect([...(more?.x ?? [])]).toEqual([0, 5, 6, 9]);
  expect([...(more?.count ?? [])]).toEqual([4, 1, 1, 1]);
  expect(extended(curve, [5], [3])).toBeUndefined();
  expect(extended(curve, [7, 6], [3, 4])).toBeUndefined();
});
