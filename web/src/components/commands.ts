import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { experimentsNamed } from "../api/experiments";
import { modelsNamed } from "../api/models";
import { runsWhere } from "../api/runs";
import { useSession } from "../api/session";
import { contains } from "../lib/filter";
import { score } from "../lib/fuzzy";
import { versionAsked } from "../lib/versionAsked";
import { keymap } from "../state/keys";
import { recent } from "../state/recent";
import { strings } from "../strings";
import type { IconName } from "./Icon";

/** What the palette offers: a place to go to, or something to do. */
export interface Command {
  readonly group: string;
  readonly name: string;
  readonly icon: IconName;
  readonly keys?: string;
  readonly run: () => void;
}

const MOST = 40;
const EACH = 8; // of a kind that are asked for
const SEARCHED = 100; // experiments whose runs are looked through, the last changed
const LETTERS = 2; // from which runs are looked for

/** What fits what was typed, best first within each group. */
export function useCommands(typed: string): Command[] {
  const text = typed.trim();
  const actions = useActions(text);
  const runs = useRuns(text);
  const named = useNamed(text);
  const places = useRecent();
  const commands = text ? [...named, ...runs, ...actions] : [...places, ...actions, ...named];
  return commands.slice(0, MOST);
}

function useGo(): (to: string) => () => void {
  const router = useRouter();
  return (to) => () => void router.navigate({ to });
}

function useActions(text: string): Command[] {
  return keymap
    .get()
    .map(({ label, keys, run }) => {
      const command: Command = {
        group: strings.palette.actions,
        name: label,
        icon: "keys",
        keys,
        run,
      };
      return { command, fit: score(label, text) };
    })
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)
    .map(({ command }) => command);
}

/** Where one has been, but for here. */
function useRecent(): Command[] {
  const router = useRouter();
  const go = useGo();
  return recent(useSession().data?.username)
    .filter(({ path }) => path !== router.state.location.pathname)
    .map(({ name, path }) => ({
      group: strings.palette.recent,
      name,
      icon: "right",
      run: go(path),
    }));
}

/** Runs by a part of their names, or by their whole ids. */
function useRuns(text: string): Command[] {
  const go = useGo();
  const id = /^[0-9a-f]{32}$/.test(text);
  const all = useQuery(experimentsNamed("", SEARCHED)).data?.experiments ?? [];
  const searched = text.length < LETTERS || id ? [] : all.map((e) => e.experiment_id);
  const asked = runsWhere(searched, contains("attributes.run_name", text), EACH);
  const { data } = useQuery({ ...asked, placeholderData: keepPreviousData });
  const command = (name: string, run: string): Command => ({
    group: strings.palette.runs,
    name,
    icon: "experiments",
    run: go(`/runs/${run}`),
  });
  if (id) return [command(strings.palette.goToRun(text), text)];
  if (!searched.length) return [];
  const names = new Map(all.map((e) => [e.experiment_id, e.name]));
  return (data ?? []).map(({ info }) => {
    const experiment = names.get(info.experiment_id) ?? info.experiment_id;
    return command(strings.palette.runOf(info.run_name ?? info.run_id, experiment), info.run_id);
  });
}

/** Experiments and models by a part of their names; versions by model and number. */
function useNamed(text: string): Command[] {
  const go = useGo();
  const asked = versionAsked(text);
  const experiments = useQuery({
    ...experimentsNamed(text, EACH),
    placeholderData: keepPreviousData,
  });
  const models = useQuery({ ...modelsNamed(text, EACH), placeholderData: keepPreviousData });
  const others = useQuery({
    ...modelsNamed(asked?.model ?? "", EACH),
    enabled: asked !== undefined,
  });
  const versions = (asked && others.data?.registered_models) || [];
  const newest = (model: (typeof versions)[number]) =>
    Math.max(0, ...(model.latest_versions ?? []).map((v) => Number(v.version)));
  const found: Command[] = [
    ...(experiments.data?.experiments ?? []).map((e) => ({
      group: strings.palette.experiments,
      name: e.name,
      icon: "experiments" as const,
      run: go(`/experiments/${e.experiment_id}`),
    })),
    ...(models.data?.registered_models ?? []).map((m) => ({
      group: strings.palette.models,
      name: m.name,
      icon: "models" as const,
      run: go(`/models/${encodeURIComponent(m.name)}`),
    })),
    ...versions
      .filter((m) => asked && asked.version <= newest(m))
      .map((m) => ({
        group: strings.palette.versions,
        name: strings.palette.versionOf(m.name, asked?.version ?? 0),
        icon: "models" as const,
        run: go(`/models/${encodeURIComponent(m.name)}/versions/${asked?.version}`),
      })),
  ];
  const nearness = (command: Command) => score(command.name, text);
  return text ? found.sort((a, b) => nearness(b) - nearness(a)) : found;
}
