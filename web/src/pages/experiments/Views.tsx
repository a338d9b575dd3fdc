import { useState } from "react";
import { Button } from "../../components/Button";
import { TextField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../../components/Menu";
import { compact } from "../../lib/search";
import { keep, kept } from "../../state/store";
import { say } from "../../state/toasts";
import type { RunsSearch } from "./route";
import { strings } from "./strings";

/** A look of the table that this browser keeps under a name. */
interface View {
  readonly name: string;
  readonly search: RunsSearch;
}

interface ViewsProps {
  experimentId: string;
  search: RunsSearch;
  onChoose: (search: RunsSearch) => void;
}

/** The views of the table that this browser keeps: choosing, keeping and forgetting them. */
export function Views({ experimentId, search, onChoose }: ViewsProps) {
  const place = `views.${experimentId}`;
  const [views, setViews] = useState(() => kept<View[]>(place, []));
  const [naming, setNaming] = useState(false);
  // What is selected and peeked at is not part of a view.
  const now = compact({ ...search, sel: undefined, peek: undefined }) as RunsSearch;
  const current = views.find((view) => JSON.stringify(view.search) === JSON.stringify(now));
  const store = (next: View[]) => {
    setViews(next);
    keep(place, next);
  };
  const save = (name: string) => {
    store([...views.filter((view) => view.name !== name), { name, search: now }]);
    say("good", strings.views.saved(name));
    setNaming(false);
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      say("good", strings.views.copied);
    } catch {
      say("bad", strings.views.notCopied);
    }
  };
  return (
    <>
      <Menu trigger={<Button>{current?.name ?? strings.views.title}</Button>}>
        {views.length > 0 && <MenuLabel>{strings.views.kept}</MenuLabel>}
        {views.map((view) => (
          <MenuItem key={view.name} onSelect={() => onChoose(view.search)}>
            {view.name}
          </MenuItem>
        ))}
        {views.length > 0 && <MenuLine />}
        <MenuItem onSelect={() => setNaming(true)}>{strings.views.save}</MenuItem>
        <MenuItem onSelect={() => void copy()}>{strings.views.copy}</MenuItem>
        {current && (
          <MenuItem danger onSelect={() => store(views.filter((view) => view !== current))}>
            {strings.views.forget(current.name)}
          </MenuItem>
        )}
      </Menu>
      {naming && <Naming onSave={save} onClose={() => setNaming(false)} />}
    </>
  );
}

function Naming({ onSave, onClose }: { onSave: (name: string) => void; onClose: () => void }) {
  const [name, setName] = useState("");
  return (
    <FormDialog
      title={strings.views.save}
      submit={strings.views.keep}
      disabled={!name.trim()}
      onSubmit={() => onSave(name.trim())}
      onClose={onClose}
      failed=""
      problem={null}
    >
      <TextField
        label={strings.views.name}
        hint={strings.views.hint}
        value={name}
        onChange={setName}
        data-first
      />
    </FormDialog>
  );
}
