import type { Policy, Stage } from "../api/schema.gen";

/** Write a policy as the document that people keep: YAML, a stage after the other. */
export function policyText(scope: string, policy: Policy): string {
  const lines = [`scope: ${quoted(scope)}`];
  if (policy.binding) lines.push("binding: true");
  lines.push("stages:");
  for (const stage of policy.stages) lines.push(...stageLines(stage));
  return `${lines.join("\n")}\n`;
}

function stageLines({ name, review, ...rest }: Stage): string[] {
  const lines = [`  - name: ${quoted(name)}`, ...fields(rest, "    ")];
  if (review) lines.push("    review:", ...fields({ approvals: 1, ...review }, "      "));
  return lines;
}

function fields(of: object, indent: string): string[] {
  return Object.entries(of).flatMap(([key, value]) => {
    if (value === undefined || value === null) return [];
    const said = Array.isArray(value) ? `[${value.map(quoted).join(", ")}]` : quoted(value);
    return [`${indent}${key}: ${said}`];
  });
}

/** Words stand as they are, everything else in quotes, which YAML reads as JSON does. */
function quoted(value: unknown): string {
  const text = String(value);
  if (typeof value !== "string") return text;
  const word =
    /^[A-Za-z][\w.-]*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return word ? text : JSON.stringify(text);
}
