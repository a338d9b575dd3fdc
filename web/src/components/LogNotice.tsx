import { useLogStatus } from "../api/log";
import { strings } from "../strings";
import { Icon } from "./Icon";
import styles from "./LogNotice.module.css";
import { Time } from "./Time";

const TOLD = 3; // findings in words; the others are counted

/** Says on every page that the history and what is shown do not agree; it cannot be put away. */
export function LogNotice() {
  const status = useLogStatus().data;
  const problems = status?.problems ?? [];
  if (problems.length === 0) return null;
  return (
    <div className={styles.notice} role="alert">
      <Icon name="warn" />
      <div className={styles.text}>
        <strong>{strings.log.title}</strong>
        <ul>
          {problems.slice(0, TOLD).map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
        <p>
          {problems.length > TOLD && `${strings.log.more(problems.length - TOLD)} `}
          {strings.log.next} {strings.log.compared} <Time at={status?.compared} />.
        </p>
      </div>
    </div>
  );
}
