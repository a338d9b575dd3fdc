import { askAgain } from "./queries";

/** Do something, and ask again what it made old; also when it was refused, for why may be new. */
export async function then<T>(work: Promise<T>, ...nouns: readonly string[]): Promise<T> {
  try {
    return await work;
  } finally {
    await askAgain(new Set([...nouns, "events"]));
  }
}

/** Where MLflow's clients keep the description of a run or an experiment, as Markdown. */
export const NOTE = "mlflow.note.content";
