import { expect, test } from "vitest";
import { SvgPen } from "./pen";

test("what is drawn is written as SVG, and names cannot become elements of it", () => {
  const pen = new SvgPen(100, 50, "#fff", 'system-ui, "Segoe UI"');
  pen.path([0, 1, 2, 3, Number.NaN, Number.NaN, 4, 5, 6, 7.123], { stroke: "red", dash: [2, 1] });
  pen.path([Number.NaN, 1], { stroke: "red" });
  pen.text('<script>"a" & b</script>\u0000', 5, 5, { fill: "#000", align: "right" });
  const text = pen.toString();
  expect(text).toContain('d="M0 1L2 3M4 5L6 7.12" fill="none" stroke="red"');
  expect(text.match(/<path/g)).toHaveLength(1);
  expect(text).toContain("&lt;script&gt;&quot;a&quot; &amp; b&lt;/script&gt;\uFFFD</text>");
  expect(text).toContain('font-family="system-ui, &quot;Segoe UI&quot;"');
});
