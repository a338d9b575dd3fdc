import type { ReactNode } from "react";
import { Choice } from "../../components/Choice";
import type { Compared, PartProps } from "./Compare";
import { strings } from "./strings";

interface OtherProps extends PartProps {
  children: (first: Compared, other: Compared) => ReactNode;
}

/** What is shown of the first run and one of the others, which can be chosen. */
export function Other({ runs, search, onChange, children }: OtherProps) {
  const [first, ...others] = runs;
  const other = others.find(({ run }) => run.info.run_id === search.with) ?? others[0];
  if (!first || !other) return null;
  return (
    <>
      {others.length > 1 && (
        <Choice
          label={strings.with(first.name)}
          value={other.run.info.run_id}
          groups={[
            { options: others.map(({ run, name }) => ({ value: run.info.run_id, text: name })) },
          ]}
          onChoose={(id) => onChange({ with: id })}
        />
      )}
      {children(first, other)}
    </>
  );
}
