import { count } from "../../lib/number";

export const strings = {
  stages: {
    title: "Stages, in their order",
    failed: "The policy could not be read.",
    edit: "Edit the policy",
    notYours: "Only who has CAN_MANAGE on the model may change its stages and reviews.",
    builtIn: "These are the stages of models without a policy of their own.",
    from: (id: string, own: boolean, user: string, when: string) =>
      `${own ? "The model's own policy" : "From a folder around the model, or the registry:"} ${id}${
        user ? `, applied by ${user}` : ""
      }${when ? ` on ${when}` : ""}.`,
    resting: "Versions here are not in use.",
    holders: "Held by",
    one: (former: string) => `one version; the former one leaves for ${former}`,
    many: (former: string) => `many versions; those that are sent away go to ${former}`,
    direct: "Direct moves",
    guarded: (guarded: boolean) =>
      guarded ? "need CAN_MANAGE_PRODUCTION_VERSIONS" : "need CAN_MANAGE_STAGING_VERSIONS",
    enter: "May move in, too",
    leave: "May move out, too",
    approvals: "Review",
    needs: (number: number, from: readonly string[]) =>
      `${count(number, "approval")}${from.length ? ` by ${from.join(", ")}` : ""}`,
    noReview: "none: whoever may move versions moves them",
    excluded: "Not by",
    who: { author: "who registered the version", requester: "who asked for it" },
    checks: "Required checks",
    reason: "Reason",
    required: "required",
    expires: "Approvals",
    after: (time: string) => `count for ${time}`,
    glass: "In an emergency",
  },
  editor: {
    document: "Policy document",
    hint: "YAML or JSON. It is tried first: nothing changes until you apply it with a reason.",
    try: "Try it",
    tryFirst: "Try it before you apply it.",
    apply: "Apply",
    refused: "The policy was not taken.",
    outcome: "What it would do",
    good: "The document can be applied.",
    unchanged: "This is the policy that applies already.",
    blocked: (blocked: number, all: number) =>
      `It would have blocked ${blocked} of ${count(all, "past move")}.`,
    moves: (version: string, from: string, to: string) =>
      `Version ${version} leaves ${from} for ${to}.`,
    past: "Past moves that it would have blocked",
    version: "Version",
    move: "Move",
    by: "By",
    lacked: "Lacked",
    fromTo: (from: string, to: string) => `${from} to ${to}`,
    emergency: "emergency",
    applyTitle: "Apply the policy",
    applyText:
      "It holds at once for everybody. Approvals under the policy before do not count any more.",
    reason: "Reason",
    applied: "The policy applies now.",
  },
  permissions: {
    title: "Permissions that hold for this model",
    failed: "The permissions could not be read.",
    none: "Nothing was given on this model itself",
    noneText: "What was given on a folder around it, or on everything, holds for it too.",
    explain: "Why can, or can't, someone?",
    notYours: "It takes CAN_MANAGE on the model to give permissions on it and take them back.",
  },
  webhooks: {
    title: "Webhooks that hear of it",
    failed: "The webhooks could not be read.",
    none: "No webhook that you manage hears of this model",
    notYours: "It takes CAN_MANAGE on the model to make webhooks of it.",
    change: "All webhooks",
  },
} as const;
