import type { IconName } from "./components/Icon";
import { strings } from "./strings";

export interface Place {
  readonly to: string;
  readonly name: string;
  readonly icon: IconName;
  /** The keys that go there. */
  readonly keys: string;
  readonly label: string;
  /** What its badge counts. */
  readonly badge?: "waiting";
}

/** The rail, from top to bottom; a new section is a line here and a route in router.tsx. */
export const PLACES: readonly Place[] = [
  { to: "/", name: strings.home, icon: "home", keys: "g h", label: strings.keys.goHome },
  {
    to: "/experiments",
    name: strings.experiments,
    icon: "experiments",
    keys: "g e",
    label: strings.keys.goExperiments,
  },
  {
    to: "/models",
    name: strings.models,
    icon: "models",
    keys: "g m",
    label: strings.keys.goModels,
  },
  {
    to: "/approvals",
    name: strings.approvals,
    icon: "approvals",
    keys: "g a",
    label: strings.keys.goApprovals,
    badge: "waiting",
  },
  { to: "/audit", name: strings.audit, icon: "audit", keys: "g l", label: strings.keys.goAudit },
  {
    to: "/settings",
    name: strings.settings,
    icon: "settings",
    keys: "g s",
    label: strings.keys.goSettings,
  },
];

const WITHIN = ["/experiments", "/models"];

/** Where a place is for who looks at one folder only. */
export const searchOf = (to: string, folder: string) =>
  folder && WITHIN.includes(to) ? { folder } : {};
