import { type Entry, type Owner, viewAddress } from "../../api/files";
import { kindOf, nameOf, visible } from "../../lib/kinds";
import styles from "./Pictures.module.css";
import { strings } from "./strings";

const SHOWN = 60;
const MOST = 4 << 20; // bytes of a picture that is loaded among others

interface PicturesProps {
  owner: Owner;
  entries: readonly Entry[];
  href: (path: string) => string;
  onOpen: (path: string) => void;
}

/** The pictures of a folder beside each other; nothing where there is none. */
export function Pictures({ owner, entries, href, onOpen }: PicturesProps) {
  const found = entries.filter(
    ({ path, folder, size = 0 }) => !folder && kindOf(path) === "image" && size <= MOST,
  );
  if (!found.length) return null;
  return (
    <div className={styles.scroll}>
      <ul className={styles.pictures} aria-label={strings.pictures}>
        {found.slice(0, SHOWN).map(({ path }) => (
          <li key={path}>
            <a
              href={href(path)}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return; // as the browser does
                event.preventDefault();
                onOpen(path);
              }}
            >
              <img src={viewAddress(owner, path)} alt="" loading="lazy" />
              <span title={visible(nameOf(path))}>{visible(nameOf(path))}</span>
            </a>
          </li>
        ))}
      </ul>
      {found.length > SHOWN && <p>{strings.morePictures(found.length - SHOWN)}</p>}
    </div>
  );
}
