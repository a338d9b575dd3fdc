/** Words of a metric's name by which less of it is better; the server has the same. */
export const LESS: ReadonlySet<string> = new Set(
  (
    "loss error err errors rmse mse mae mape smape rmsle msle " +
    "logloss nll perplexity ppl wer cer fid brier ece deviance " +
    "divergence regret latency duration seconds time aic bic"
  ).split(" "),
);

const TAG = "cuvee.goal.";

interface Tag {
  readonly key: string;
  readonly value?: string;
}

/** Whether less of a metric is better, by the tags of its experiment, else by its name. */
export function isLessBetter(key: string, tags: readonly Tag[] = []): boolean {
  const told = tags.find((tag) => tag.key === TAG + key)?.value;
  if (told === "minimize" || told === "maximize") return told === "minimize";
  const words = key.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  return words.some((word) => LESS.has(word.toLowerCase()));
}
