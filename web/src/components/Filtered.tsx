import { Button } from "./Button";
import { Empty } from "./Empty";

interface FilteredProps {
  title: string;
  /** How many there are without the filter; undefined while that is not known. */
  without: number | undefined;
  /** Says how many the filter hides. */
  said: (hidden: number) => string;
  clear: string;
  onClear: () => void;
}

/** Says that a filter leaves nothing, how much it hides, and takes it away. */
export function Filtered({ title, without, said, clear, onClear }: FilteredProps) {
  return (
    <Empty title={title}>
      {without ? <p>{said(without)}</p> : null}
      <Button onClick={onClear}>{clear}</Button>
    </Empty>
  );
}
