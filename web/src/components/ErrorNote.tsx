import { ApiError } from "../api/client";
import { strings } from "../strings";
import { Button } from "./Button";
import styles from "./ErrorNote.module.css";
import { Icon } from "./Icon";

/** What to do about a refusal, besides what its own sentence says. */
export function advice(problem: unknown): string {
  if (typeof problem === "string") return "";
  if (!(problem instanceof ApiError)) return strings.problem.broken;
  if (problem.status === 0) return strings.problem.unreachable;
  if (problem.status === 403) return strings.problem.forbidden;
  if (problem.status === 404) return strings.problem.gone;
  return problem.status >= 500 ? strings.problem.server : "";
}

interface ErrorNoteProps {
  /** What failed. */
  title: string;
  problem: unknown;
  onRetry?: (() => void) | undefined;
}

/** Says what failed, why, and what to do; never stands instead of what is known. */
export function ErrorNote({ title, problem, onRetry }: ErrorNoteProps) {
  const why = problem instanceof Error ? problem.message : String(problem);
  const todo = advice(problem);
  return (
    <div className={styles.note} role="alert">
      <span className={styles.icon}>
        <Icon name="warn" />
      </span>
      <div className={styles.text}>
        <p className={styles.title}>{title}</p>
        <p>{why}</p>
        {todo && todo !== why && <p className={styles.advice}>{todo}</p>}
      </div>
      {onRetry && <Button onClick={onRetry}>{strings.retry}</Button>}
    </div>
  );
}
