import type { Float } from "../api/schema.gen";
import { short } from "../lib/number";

/** A number to four significant digits; all of them for who points at it. */
export function Num({ value }: { value: Float | null | undefined }) {
  if (value === null || value === undefined) return <span>–</span>;
  return (
    <span className="num brief" title={String(value)}>
      {short(value)}
    </span>
  );
}
