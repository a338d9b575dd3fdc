import type { Event } from "../api/schema.gen";

/** What people call a change; others are shown as they are called in the log. */
const ACTIONS: Record<string, string> = {
  "model.created": "created the model",
  "model.description_set": "described the model",
  "model.renamed": "renamed the model",
  "model.deleted": "deleted the model",
  "model.alias_set": "set an alias",
  "model.alias_deleted": "removed an alias",
  "model.tag_set": "set a tag of the model",
  "model.tag_deleted": "removed a tag of the model",
  "version.created": "registered",
  "version.description_set": "described",
  "version.transitioned": "moved",
  "version.deleted": "deleted",
  "version.tag_set": "set a tag of",
  "version.tag_deleted": "removed a tag of",
  "request.created": "asked for a move of",
  "request.approved": "approved the move of",
  "request.rejected": "rejected the move of",
  "request.cancelled": "withdrew a request for",
  "request.closed": "settled a request for",
  "comment.created": "commented on",
  "comment.edited": "changed a comment on",
  "comment.deleted": "removed a comment on",
  "emergency.opened": "broke the glass for",
  "emergency.closed": "closed the emergency of",
  "check.set": "posted a check of",
  "check.deleted": "took back a check of",
  "deployment.recorded": "deployed",
  "deployment.ended": "undeployed",
};

/** Fields that are shown in another way, or are for programs. */
const HIDDEN = "stage digest source location run_id model_id end_time".split(" ");

export function actionOf(event: Event): string {
  if (event.action === "version.transitioned" && event.details?.rollback) return "rolled back";
  if (event.action === "deployment.recorded" && event.before?.url !== undefined) {
    return "changed the address of";
  }
  return ACTIONS[event.action] ?? event.action;
}

/** The version that an event is about, if it is about one. */
export function versionOf(event: Event): { name: string; version: string } | undefined {
  const [, name, version] = /^version:([^/]+)\/(\d+)$/.exec(event.object) ?? [];
  return name && version ? { name, version } : undefined;
}

/** The id of the request that an event is about, or that a move came of. */
export function requestOf({ details }: Event): string | undefined {
  const id = details?.request;
  return typeof id === "string" && /^\d+$/.test(id) ? id : undefined;
}

/** Where a version was deployed to, or is not any more. */
function deploymentOf({ action, before = {}, after = {}, details }: Event): string[] {
  if (action === "deployment.ended") return [`from ${before.target}`];
  const target = String(after.target);
  if (before.url !== undefined) {
    return [`at ${target}`, `address: ${plain(before.url) || "–"} → ${plain(after.url)}`];
  }
  const replaced = plain(details?.replaces);
  return [`to ${target}`, ...(replaced ? [`in place of version ${replaced}`] : [])];
}

/** The fields that changed, as `name: before → after`, stages and long ids left out. */
export function changesOf(event: Event): string[] {
  if (event.action.startsWith("deployment.")) return deploymentOf(event);
  const { before = {}, after = {} } = event;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    if (HIDDEN.includes(key)) return [];
    const [old, now] = [plain(before[key]), plain(after[key])];
    if (!old && !now) return [];
    return [old ? `${key}: ${old} → ${now || "–"}` : `${key}: ${now}`];
  });
}

function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text === "{}" || text === "[]") return "";
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
