import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { LineageNode } from "../../api/schema.gen";

/** Where a thing is shown; undefined for what has no page, or cannot be read. */
export function pageOf(node: LineageNode) {
  const { kind, name = "", ref, state, run_id = "" } = node;
  if (state === "hidden" || state === "missing") return undefined;
  if (kind === "run") return { to: "/runs/$runId/lineage", params: { runId: ref } } as const;
  if (kind === "logged_model") {
    return run_id ? ({ to: "/runs/$runId", params: { runId: run_id } } as const) : undefined;
  }
  if (kind === "version") {
    const params = { name, version: ref };
    return { to: "/models/$name/versions/$version/lineage", params } as const;
  }
  return kind === "stage" ? ({ to: "/models/$name", params: { name } } as const) : undefined;
}

/** A thing's page, or its name alone. */
export function NodeLink({ node, children }: { node: LineageNode; children: ReactNode }) {
  const page = pageOf(node);
  return page ? <Link {...page}>{children}</Link> : <span>{children}</span>;
}
