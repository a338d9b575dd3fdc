import type { CheckResult, TransitionRequest, VersionComment } from "../api/schema.gen";

/** Something that was said or done about a request. */
export interface Said {
  readonly id: string;
  readonly kind: "asked" | "approved" | "rejected" | "changes" | "commented" | "ended";
  readonly user: string;
  readonly time: number;
  readonly text: string;
  /** The comment itself, where it is one. */
  readonly comment?: VersionComment;
}

/** What a comment begins with that asks for changes: the contract has no verdict for that. */
export const CHANGES = "Changes requested: ";

/** The comment that asks for changes and that who asked for the move has not answered. */
export function changesAsked(
  request: TransitionRequest,
  comments: readonly VersionComment[],
): VersionComment | undefined {
  const since = comments.filter((one) => one.creation_timestamp >= request.creation_timestamp);
  const answered = since.findLastIndex((one) => one.user_id === request.user_id);
  return since
    .slice(answered + 1)
    .filter((one) => one.comment.startsWith(CHANGES))
    .at(-1);
}

/** A comment, as a part of a conversation. */
export function saidOf(comment: VersionComment): Said {
  const marked = comment.comment.startsWith(CHANGES);
  return {
    id: `comment ${comment.id}`,
    kind: marked ? "changes" : "commented",
    user: comment.user_id,
    time: comment.creation_timestamp,
    text: marked ? comment.comment.slice(CHANGES.length) : comment.comment,
    comment,
  };
}

/** The whole conversation, oldest first: the question, comments, judgements, and the end. */
export function conversation(
  request: TransitionRequest,
  comments: readonly VersionComment[],
): Said[] {
  const found: Said[] = [
    {
      id: "asked",
      kind: "asked",
      user: request.user_id,
      time: request.creation_timestamp,
      text: request.comment ?? "",
    },
    ...(request.verdicts ?? []).map(
      ({ user_id, verdict, comment = "", creation_timestamp }, i) => ({
        id: `verdict ${i}`,
        kind: verdict,
        user: user_id,
        time: creation_timestamp,
        text: comment,
      }),
    ),
    ...comments.map(saidOf),
  ];
  // An approval or a rejection that ended it has been said already.
  if (request.status === "cancelled" || request.status === "closed") {
    found.push({
      id: "ended",
      kind: "ended",
      user: request.closed_by ?? "",
      time: request.closed_timestamp ?? 0,
      text: request.closed_comment ?? "",
    });
  }
  return found.sort((a, b) => a.time - b.time);
}

/** How many more must approve. */
export function lacking(request: TransitionRequest): number {
  return Math.max(0, (request.required_approvals ?? 0) - (request.approvals ?? []).length);
}

/** The required checks that are in some state. */
export function checksIn(
  request: TransitionRequest,
  state: CheckResult["state"],
): readonly CheckResult[] {
  return (request.checks ?? []).filter((check) => check.state === state);
}

/** Whether somebody's approval is the last thing that is missing, so that it moves the version. */
export function completes(request: TransitionRequest, user: string): boolean {
  const mine = request.approvals?.includes(user) ? 0 : 1;
  const checked = (request.checks ?? []).every((check) => check.state === "passed");
  return checked && lacking(request) <= mine;
}

type Action = NonNullable<TransitionRequest["available_actions"]>[number];

/** Why the caller may not do something with a request; empty when they may. */
export function refusal(request: TransitionRequest, action: Action): string {
  return request.refusals?.find((one) => one.action === action)?.reason ?? "";
}
