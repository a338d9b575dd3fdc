import { useEffect, useRef, useState } from "react";
import { call } from "../../api/client";
import { askAgain } from "../../api/queries";
import { deleteRuns, type RunsChanged, restoreRuns, tagRuns } from "../../api/schema.gen";
import { inParts, type Outcome } from "../../lib/many";
import { say } from "../../state/toasts";
import { strings } from "./strings";

const work = strings.bulk;
const AT_ONCE = 200; // runs of one call: few enough that other writers hardly wait

/** Does something with some runs, and says with which it did not. */
type Some = (ids: string[]) => Promise<RunsChanged>;

/** What can be done with many runs, some at a time; each is refused or not by itself. */
export interface Bulk {
  /** How far it is; undefined when nothing is under way. */
  readonly progress: { readonly tried: number; readonly of: number } | undefined;
  readonly stop: () => void;
  readonly remove: (ids: readonly string[]) => Promise<void>;
  readonly restore: (ids: readonly string[]) => Promise<void>;
  readonly setTag: (ids: readonly string[], key: string, value: string) => Promise<void>;
  readonly deleteTag: (ids: readonly string[], key: string) => Promise<void>;
}

/** @param onGone called with the runs that have left the table. */
export function useBulk(onGone: (ids: readonly string[]) => void): Bulk {
  const [progress, setProgress] = useState<{ tried: number; of: number }>();
  const control = useRef<AbortController>(undefined);
  const gone = useRef(onGone);
  gone.current = onGone;
  useEffect(() => () => control.current?.abort(), []);
  const run = async (ids: readonly string[], some: Some) => {
    const stopper = new AbortController();
    control.current = stopper;
    setProgress({ tried: 0, of: ids.length });
    const tell = (tried: number) => setProgress({ tried, of: ids.length });
    const outcome = await inParts(ids, AT_ONCE, some, tell, stopper.signal);
    setProgress(undefined);
    await askAgain(new Set(["runs", "run", "run keys"]));
    report(outcome, ids.length);
    return outcome.done;
  };
  const restore = async (ids: readonly string[]) => {
    const done = await run(ids, (run_ids) => call(restoreRuns, { run_ids }));
    gone.current(done);
    if (done.length) say("good", work.restored(done.length));
  };
  const remove = async (ids: readonly string[]) => {
    const done = await run(ids, (run_ids) => call(deleteRuns, { run_ids }));
    gone.current(done);
    const undo = { label: work.undo, run: () => void restore(done) };
    if (done.length) say("good", work.deleted(done.length), undefined, undo);
  };
  return {
    progress,
    stop: () => control.current?.abort(),
    remove,
    restore,
    setTag: async (ids, key, value) => {
      const done = await run(ids, (run_ids) => call(tagRuns, { run_ids, tags: [{ key, value }] }));
      if (done.length) say("good", work.setDone(key, done.length));
    },
    deleteTag: async (ids, key) => {
      const done = await run(ids, (run_ids) => call(tagRuns, { run_ids, remove: [key] }));
      if (done.length) say("good", work.removeDone(key, done.length));
    },
  };
}

function report({ done, refused, why }: Outcome, of: number): void {
  if (refused) say("bad", work.refused(refused), why);
  const left = of - done.length - refused;
  if (left) say("bad", work.stopped(left));
}
