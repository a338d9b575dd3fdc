import { expect, test } from "vitest";
import { isViewTag, viewsOf, viewText } from "./views";

test("views are read from tags by name, and what is no view is passed over", () => {
  const text = viewText("Best first", { sort: "-metrics.m" });
  const tags = [
    { key: "team", value: text },
    { key: "cuvee.view.b2", value: text },
    { key: "cuvee.view.a1", value: viewText("All", {}) },
    ...["", "[", "null", "[]", '{"name": ""}', '{"name": "x"}', '{"name": "x", "search": []}'].map(
      (value, i) => ({ key: `cuvee.view.bad${i}`, value }),
    ),
    { key: "cuvee.view-default", value: "b2" },
  ];
  const found = viewsOf(tags);
  expect(found.views.map(({ id, name }) => [id, name])).toEqual([
    ["a1", "All"],
    ["b2", "Best first"],
  ]);
  expect(found.start?.search).toEqual({ sort: "-metrics.m" });
  expect(viewsOf([{ key: "cuvee.view-default", value: "gone" }]).start).toBeUndefined();
  expect(tags.filter(({ key }) => !isViewTag(key)).map(({ key }) => key)).toEqual(["team"]);
});
