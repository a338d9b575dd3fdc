import { Check } from "../../components/Field";
import styles from "./Glass.module.css";
import { strings } from "./strings";

interface GlassProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** Goes past what is missing; only for whom the policy names. */
export function Glass({ checked, onChange }: GlassProps) {
  return (
    <div className={`${styles.glass} ${checked ? styles.on : ""}`}>
      <Check checked={checked} onChange={onChange}>
        {strings.glass.choose}
      </Check>
      {checked && <p>{strings.glass.opens}</p>}
    </div>
  );
}
