import { Link } from "@tanstack/react-router";
import { useWaitingRequests } from "../api/requests";
import { PLACES, searchOf } from "../nav";
import { folder } from "../state/folder";
import { useStore } from "../state/store";
import { strings } from "../strings";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import styles from "./Shell.module.css";

interface RailProps {
  narrow: boolean;
  onNarrow: (narrow: boolean) => void;
}

/** The way to every section. */
export function Rail({ narrow, onNarrow }: RailProps) {
  const within = useStore(folder);
  return (
    <div className={styles.rail}>
      <Link to="/" className={styles.brand} activeProps={{}}>
        <Glass />
        <span className={styles.text}>{strings.app}</span>
      </Link>
      <nav className={styles.links} aria-label={strings.navigation}>
        {PLACES.map((place) => (
          <Link
            key={place.to}
            to={place.to}
            search={searchOf(place.to, within)}
            className={styles.link}
            activeOptions={{ exact: place.to === "/", includeSearch: false }}
            title={narrow ? place.name : undefined}
          >
            <Icon name={place.icon} />
            <span className={styles.text}>{place.name}</span>
            {place.badge && <Waiting />}
          </Link>
        ))}
      </nav>
      <div className={styles.foot}>
        <IconButton
          icon="rail"
          label={narrow ? strings.expand : strings.collapse}
          aria-expanded={!narrow}
          onClick={() => onNarrow(!narrow)}
        />
      </div>
    </div>
  );
}

const MOST = 99; // the badge has room for two digits

/** How many requests wait for the user's word; says so when that changes. */
function Waiting() {
  const number = useWaitingRequests().data?.length ?? 0;
  const text = number > MOST ? `${MOST}+` : String(number);
  return (
    <span className={number ? styles.badge : "hidden"} role="status">
      {number > 0 && (
        <>
          <span aria-hidden="true">{text}</span>
          <span className="hidden">{strings.waiting(text)}</span>
        </>
      )}
    </span>
  );
}

/** The product's mark, as in public/icon.svg: drawn here it costs no request of its own. */
function Glass() {
  return (
    <svg width="18" height="18" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        fill="#a3265c"
        d="M4 1h8l.5 4.500a4.500 4.500 0 0 1-3.750 4.400V13.500H11V15H5v-1.500h2.250V9.900A4.500 4.500 0 0 1 3.500 5.500z"
      />
    </svg>
  );
}
