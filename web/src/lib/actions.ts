/** Actions that events have, by what they are about. */
const VERBS: Record<string, string> = {
  check: "deleted set",
  comment: "created deleted edited",
  deployment: "ended recorded",
  emergency: "closed opened",
  event: "addresses_erased texts_erased",
  experiment: "created deleted renamed restored tag_deleted tag_set",
  group: "created deleted member_added member_removed updated",
  log: "key_added key_replaced key_rotated mismatch_found mismatch_resolved",
  logged_model: "deleted",
  model:
    "alias_deleted alias_set created deleted description_set moved renamed tag_deleted tag_set",
  permission: "granted revoked",
  policy: "applied removed",
  request: "approved cancelled created rejected",
  run: "created deleted failed finished forked killed lost renamed reopened restored rewound status_changed",
  token: "created revoked",
  user: "activated admin_set created deactivated deleted password_set",
  version: "created deleted description_set file_added files_kept tag_deleted tag_set transitioned",
  webhook: "created deleted disabled redelivered updated",
};

/** What can be looked for: all actions of a noun, and each. */
export const ACTIONS: readonly string[] = Object.entries(VERBS).flatMap(([noun, verbs]) => [
  `${noun}.`,
  ...verbs.split(" ").map((verb) => `${noun}.${verb}`),
]);
