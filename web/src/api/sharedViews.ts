import { type SharedView, START_TAG, VIEW_TAG, viewText } from "../lib/views";
import { call } from "./client";
import { askAgain } from "./queries";
import { deleteExperimentTag, setExperimentTag } from "./schema.gen";

const again = () => askAgain(new Set(["experiment", "experiments"]));

/** Keep a view for all who may read the experiment, in the place of an old one if there is one. */
export async function shareView(
  experiment: string,
  view: Omit<SharedView, "id">,
  old: SharedView | undefined,
): Promise<void> {
  const id = old?.id ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
  const value = viewText(view.name, view.search);
  await call(setExperimentTag, { experiment_id: experiment, key: VIEW_TAG + id, value });
  await again();
}

/** Let an experiment open with a view, or plainly. */
export async function startWith(experiment: string, view: SharedView | undefined): Promise<void> {
  const tag = { experiment_id: experiment, key: START_TAG };
  if (view) await call(setExperimentTag, { ...tag, value: view.id });
  else await call(deleteExperimentTag, tag);
  await again();
}

/** Forget a view for all. */
export async function forgetView(experiment: string, view: SharedView): Promise<void> {
  await call(deleteExperimentTag, { experiment_id: experiment, key: VIEW_TAG + view.id });
  await again();
}
