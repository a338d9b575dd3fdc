import { expect, test } from "vitest";
import { snippets } from "./snippets";

test("every snippet has the server's own address", () => {
  const found = snippets("https://ml.example:8443/cuvee");
  expect(found).toHaveLength(3);
  for (const { text } of found) expect(text).toContain("https://ml.example:8443/cuvee");
});
