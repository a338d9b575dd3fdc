import { HEIGHT, useCourse, WIDTH } from "../api/courses";
import styles from "./Course.module.css";
import { Num } from "./Num";

interface CourseProps {
  run: string;
  metric: string;
  /** Whether the run goes on, so that there may be more to come. */
  grows: boolean;
}

/** How a metric went, as a small line; the numbers beside it are for who does not see it. */
export function CourseLine({ run, metric, grows }: CourseProps) {
  const path = useCourse(run, metric, grows)?.path;
  return (
    <svg className={styles.course} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {path && <path d={path} />}
    </svg>
  );
}

/** The least value that a metric of a run ever had, or the greatest. */
export function Extreme({ run, metric, grows, end }: CourseProps & { end: "min" | "max" }) {
  return <Num value={useCourse(run, metric, grows)?.[end]} />;
}
