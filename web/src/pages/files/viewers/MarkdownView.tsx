import type { Owner } from "../../../api/files";
import { Markdown } from "../Markdown";
import styles from "./viewers.module.css";

interface MarkdownViewProps {
  text: string;
  path: string;
  owner: Owner;
  href: (path: string) => string;
}

/** A page of Markdown. */
export default function MarkdownView(props: MarkdownViewProps) {
  return (
    <div className={styles.pad}>
      <Markdown {...props} />
    </div>
  );
}
