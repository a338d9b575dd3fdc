import { useMutation } from "@tanstack/react-query";
import { call } from "./client";
import { askAgain } from "./queries";
import { applyPolicy, type PolicyChange, type Rehearsal, rehearsePolicy } from "./schema.gen";

/** What applying a policy would do, and what it would have said to the moves of the past. */
export interface Trial {
  readonly change: PolicyChange;
  readonly rehearsal: Rehearsal;
}

/** Look at a policy without applying it; refused with the place of what is wrong. */
export const useTrial = () =>
  useMutation({
    mutationFn: async (document: string): Promise<Trial> => {
      const change = await call(applyPolicy, { document, dry_run: true });
      return { change, rehearsal: await call(rehearsePolicy, { document }) };
    },
  });

const CHANGED = new Set(["policy", "model", "models", "version", "versions", "events", "requests"]);

/** Apply a policy; the reason is the `comment`. */
export const useApplyPolicy = () =>
  useMutation({
    mutationFn: (asked: { document: string; comment: string }) => call(applyPolicy, asked),
    onSettled: () => askAgain(CHANGED),
  });
