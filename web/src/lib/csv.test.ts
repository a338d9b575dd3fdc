import { expect, test } from "vitest";
import { csvLine } from "./csv";

test("a line of CSV keeps commas, quotes and line ends in their cells", () => {
  expect(csvLine(["a", "b,c", 'd"e', "f\ng", ""])).toBe('a,"b,c","d""e","f\ng",\r\n');
});

test("a spreadsheet takes nothing for a formula", () => {
  expect(csvLine(["=1+1", "+1", "-1", "@x", "1-1"])).toBe("'=1+1,'+1,'-1,'@x,1-1\r\n");
});
