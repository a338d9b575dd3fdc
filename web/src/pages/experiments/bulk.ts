import { useEffect, useRef, useState } from "react";
import { call } from "../../api/client";
import { askAgain } from "../../api/queries";
import { deleteRun, deleteTag, restoreRun, setTag } from "../../api/schema.gen";
import { forMany, type Outcome } from "../../lib/many";
import { say } from "../../state/toasts";
import { strings } from "./strings";

const work = strings.bulk;

/** What can be done with many runs, one after another; each is refused or not by itself. */
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
  const run = async (ids: readonly string[], one: (id: string) => Promise<unknown>) => {
    const stopper = new AbortController();
    control.current = stopper;
    setProgress({ tried: 0, of: ids.length });
    const tell = (tried: number) => setProgress({ tried, of: ids.length });
    const outcome = await forMany(ids, one, tell, stopper.signal);
    setProgress(undefined);
    await askAgain(new Set(["runs", "run", "run keys"]));
    report(outcome, ids.length);
    return outcome.done;
  };
  const restore = async (ids: readonly string[]) => {
    const done = await run(ids, (run_id) => call(restoreRun, { run_id }));
    gone.current(done);
    if (done.length) say("good", work.restored(done.length));
  };
  const remove = async (ids: readonly string[]) => {
    const done = await run(ids, (run_id) => call(deleteRun, { run_id }));
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
      const done = await run(ids, (run_id) => call(setTag, { run_id, key, value }));
      if (done.length) say("good", work.setDone(key, done.length));
    },
    deleteTag: async (ids, key) => {
      const done = await run(ids, (run_id) => call(deleteTag, { run_id, key }));
      if (done.length) say("good", work.removeDone(key, done.length));
    },
  };
}

function report({ done, refused }: Outcome<string>, of: number): void {
  const first = refused[0]?.problem;
  const why = first instanceof Error ? first.message : undefined;
  if (refused.length) say("bad", work.refused(refused.length), why);
  const left = of - done.length - refused.length;
  if (left) say("bad", work.stopped(left));
}
