import { type ComponentProps, type SyntheticEvent, useId, useState } from "react";
import { Button } from "./Button";
import styles from "./ReasonButton.module.css";

const GAP = 6; // pixels between the button and its reason

/**
 * A button that says why it cannot be pressed to whoever comes to it by keyboard or touches it, not
 * only to who points at it: so it keeps the focus, and is disabled in name only.
 */
export function ReasonButton({ why, ...rest }: ComponentProps<typeof Button>) {
  const id = useId();
  const [at, setAt] = useState<{ left: number; top: number }>();
  if (!why) return <Button {...rest} />;
  const tell = (event: SyntheticEvent<HTMLElement>) => {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    setAt({ left, top: bottom + GAP });
  };
  const hide = () => setAt(undefined);
  return (
    <>
      <Button
        {...rest}
        title={why}
        aria-disabled
        aria-describedby={at && id}
        onClick={tell}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && tell(event)}
        onBlur={hide}
        onKeyDown={(event) => event.key === "Escape" && hide()}
      />
      {at && (
        <span className={styles.reason} id={id} role="tooltip" style={at}>
          {why}
        </span>
      )}
    </>
  );
}
