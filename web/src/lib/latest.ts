import type { Metric, Run } from "../api/schema.gen";

const TELLING = /loss|err|mse|mae|acc|auc|score/i; // what says more than a learning rate

/** The metric that a run logged last; of those logged together one that says how well it goes. */
export function latestMetric(run: Run): Metric | undefined {
  const metrics = run.data.metrics ?? [];
  const last = Math.max(...metrics.map(({ timestamp }) => timestamp));
  const together = metrics.filter(({ timestamp }) => timestamp === last);
  return together.find(({ key }) => TELLING.test(key)) ?? together[0];
}
