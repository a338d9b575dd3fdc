import styles from "./Avatar.module.css";

/** A person: the first letters and the name. */
export function Avatar({ name }: { name: string | null | undefined }) {
  if (!name) return <span>–</span>;
  const letters = name
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, 2)
    .map((part) => part[0])
    .join("");
  return (
    <span className={styles.who}>
      <span className={styles.avatar} aria-hidden="true">
        {letters || "?"}
      </span>
      <span className={styles.name} title={name}>
        {name}
      </span>
    </span>
  );
}
