import { useState } from "react";
import { useExperiment } from "../../api/experiments";
import { useWhyNot } from "../../api/grants";
import { forgetView, shareView, startWith } from "../../api/sharedViews";
import { Button } from "../../components/Button";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../../components/Menu";
import { copyText } from "../../lib/copy";
import { compact } from "../../lib/search";
import { viewsOf } from "../../lib/views";
import { keep, kept } from "../../state/store";
import { say } from "../../state/toasts";
import type { RunsSearch } from "./route";
import { SaveView } from "./SaveView";
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

/** The views of the table, this browser's own and those of all: choosing, keeping, forgetting. */
export function Views({ experimentId, search, onChoose }: ViewsProps) {
  const place = `views.${experimentId}`;
  const [views, setViews] = useState(() => kept<View[]>(place, []));
  const [naming, setNaming] = useState(false);
  const shared = viewsOf(useExperiment(experimentId).data?.tags ?? []);
  const noEdit = useWhyNot(`experiment:${experimentId}`, "CAN_EDIT");
  // What is selected and peeked at is not part of a view.
  const now = compact({ ...search, sel: undefined, peek: undefined }) as RunsSearch;
  const isNow = (view: { search: object }) => written(view.search) === written(now);
  const ofAll = shared.views.find(isNow);
  const current = ofAll ? undefined : views.find(isNow);
  const store = (next: View[]) => {
    setViews(next);
    keep(place, next);
  };
  const save = async (name: string, forAll: boolean) => {
    if (forAll) {
      const old = shared.views.find((view) => view.name === name);
      await shareView(experimentId, { name, search: now }, old);
    } else {
      store([...views.filter((view) => view.name !== name), { name, search: now }]);
    }
    say("good", strings.views.saved(name));
  };
  const change = async (work: Promise<void>) => {
    try {
      await work;
    } catch (problem) {
      say("bad", strings.views.notChanged, problem instanceof Error ? problem.message : "");
    }
  };
  const starts = ofAll !== undefined && shared.start?.id === ofAll.id;
  return (
    <>
      <Menu trigger={<Button>{(ofAll ?? current)?.name ?? strings.views.title}</Button>}>
        {shared.views.length > 0 && <MenuLabel>{strings.views.ofAll}</MenuLabel>}
        {shared.views.map((view) => (
          <MenuItem key={view.id} onSelect={() => onChoose(view.search as RunsSearch)}>
            {view === shared.start ? strings.views.start(view.name) : view.name}
          </MenuItem>
        ))}
        {views.length > 0 && <MenuLabel>{strings.views.kept}</MenuLabel>}
        {views.map((view) => (
          <MenuItem key={view.name} onSelect={() => onChoose(view.search)}>
            {view.name}
          </MenuItem>
        ))}
        {shared.start && Object.keys(now).length > 0 && (
          <MenuItem onSelect={() => onChoose({})}>{strings.views.plain}</MenuItem>
        )}
        {views.length + shared.views.length > 0 && <MenuLine />}
        <MenuItem onSelect={() => setNaming(true)}>{strings.views.save}</MenuItem>
        <MenuItem onSelect={() => void copyLink()}>{strings.views.copy}</MenuItem>
        {ofAll && (
          <>
            <MenuItem
              why={noEdit}
              onSelect={() => void change(startWith(experimentId, starts ? undefined : ofAll))}
            >
              {starts ? strings.views.startPlain : strings.views.startWith(ofAll.name)}
            </MenuItem>
            <MenuItem
              danger
              why={noEdit}
              onSelect={() => void change(forgetView(experimentId, ofAll))}
            >
              {strings.views.forgetForAll(ofAll.name)}
            </MenuItem>
          </>
        )}
        {current && (
          <MenuItem danger onSelect={() => store(views.filter((view) => view !== current))}>
            {strings.views.forget(current.name)}
          </MenuItem>
        )}
      </Menu>
      {naming && <SaveView why={noEdit} onSave={save} onClose={() => setNaming(false)} />}
    </>
  );
}

/** A look as a text that is the same whatever order its parts are in. */
const written = (search: object) => JSON.stringify(Object.entries(search).sort());

async function copyLink(): Promise<void> {
  if (await copyText(location.href)) say("good", strings.views.copied);
  else say("bad", strings.views.notCopied);
}
