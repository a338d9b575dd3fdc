import { expect, test } from "vitest";
import { MOST_CARDS, MOST_TEXT, readCards } from "./cards";

test("cards are read from an address without trust", () => {
  const cards = [{ image: "val/grid", step: 3 }, { text: "# Notes" }, { image: "plot.png" }];
  expect(readCards(cards)).toEqual(cards);
  expect(readCards([{ image: "a", step: "3" }, { text: 7 }, null, "x", {}])).toEqual([
    { image: "a" },
  ]);
  const matrices = [{ matrix: "a.json", shares: true }, { matrix: "b.csv" }];
  expect(readCards(matrices)).toEqual(matrices);
  expect(readCards([{ matrix: "a.json", shares: "yes" }, { matrix: 7 }])).toEqual([
    { matrix: "a.json" },
  ]);
  expect(readCards("x")).toBeUndefined();
  expect(readCards([{ text: "" }])).toBeUndefined();
  expect(readCards([{ text: "x".repeat(5000) }])).toEqual([{ text: "x".repeat(MOST_TEXT) }]);
  const many = Array.from({ length: 50 }, (_, i) => ({ text: `x${i}` }));
  expect(readCards(many)).toHaveLength(MOST_CARDS);
  expect(readCards([{ image: "a" }, { image: "a", step: 2 }])).toEqual([{ image: "a", step: 2 }]);
});
