import { Icon } from "../../components/Icon";
import styles from "./Files.module.css";

interface DownloadLinkProps {
  href: string;
  /** What is downloaded, for who does not see what stands beside it. */
  what: string;
  bare?: boolean;
  children: string;
}

/** A link that looks like a button, to a file or an archive. */
export function DownloadLink({ href, what, bare, children }: DownloadLinkProps) {
  return (
    <a
      className={`${styles.link} ${bare ? styles.icon : ""}`}
      href={href}
      download
      aria-label={`${children}: ${what}`}
      title={bare ? children : undefined}
    >
      <Icon name="download" />
      {!bare && children}
    </a>
  );
}
