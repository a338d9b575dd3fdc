import { useRights } from "../../api/session";
import { Switch } from "../../components/Segments";
import { clauses, toggled } from "../../lib/clauses";
import { equals } from "../../lib/filter";
import styles from "./FilterBox.module.css";
import { strings } from "./strings";

const STATUSES = ["RUNNING", "FINISHED", "FAILED"] as const;
const ofStatus = (status: string) => equals("status", status);

interface QuickFiltersProps {
  filter: string;
  onChange: (filter: string) => void;
}

/** Filters of one click; they are written into the filter, where they can be read and changed. */
export function QuickFilters({ filter, onChange }: QuickFiltersProps) {
  const { known, open, name } = useRights();
  // Where nobody logs in, only the client says whose a run is; a filter may be from those days.
  const [made, said] = [equals("created_by", name), equals("user_id", name)];
  const [mine, other] = open ? [said, made] : [made, said];
  const set = new Set(clauses(filter));
  const quick = [
    ...STATUSES.map((status) => ({
      text: strings.quick.statuses[status],
      clause: ofStatus(status),
      others: STATUSES.map(ofStatus),
    })),
    ...(known && name ? [{ text: strings.quick.mine, clause: mine, others: [other] }] : []),
    { text: strings.quick.registered, clause: "model.name IS NOT NULL", others: [] },
  ];
  return (
    <fieldset className={styles.quick}>
      <legend className="hidden">{strings.quick.label}</legend>
      {quick.map(({ text, clause, others }) => (
        <Switch
          key={text}
          on={set.has(clause)}
          title={clause}
          onChange={() => onChange(toggled(filter, clause, others))}
        >
          {text}
        </Switch>
      ))}
    </fieldset>
  );
}
