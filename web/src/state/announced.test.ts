import { expect, test } from "vitest";
import { inShort } from "./announced";

test("of many changes the last ones are said, and how many there were", () => {
  expect(inShort(["One."])).toBe("One.");
  expect(inShort(["One.", "Two.", "Three."])).toBe("One. Two. Three.");
  expect(inShort(["One.", "Two.", "Three.", "Four."])).toBe(
    "4 changes, the last of them: Two. Three. Four.",
  );
});
