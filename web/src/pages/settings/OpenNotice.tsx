import { serverUrl } from "../../api/client";
import { useRights } from "../../api/session";
import { Code } from "../../components/Code";
import styles from "./Settings.module.css";
import { strings } from "./strings";

/** Says, where it is so, that nobody logs in here, and how to change that. */
export function OpenNotice() {
  const { open, name } = useRights();
  if (!open) return null;
  const lines = ["cuvee server --login", `cuvee user create NAME --tracking-uri ${serverUrl}`];
  return (
    <section className={styles.notice} aria-label={strings.open.title}>
      <h2>{strings.open.title}</h2>
      <p>{strings.open.text(name)}</p>
      <p className={styles.soft}>{strings.open.how}</p>
      <Code label={strings.open.label} text={lines.join("\n")} />
    </section>
  );
}
