import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import {
  useEmergencies,
  useRequests,
  useRequestsTotal,
  useWaitingRequests,
} from "../../api/requests";
import type { TransitionRequest } from "../../api/schema.gen";
import { Button } from "../../components/Button";
import { Filtered } from "../../components/Filtered";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { Panel } from "../../components/Panel";
import { Tabs } from "../../components/Tabs";
import { compact } from "../../lib/search";
import { useKeys } from "../../state/keys";
import { strings as shell } from "../../strings";
import styles from "./Approvals.module.css";
import { Emergencies, isOpen } from "./Emergencies";
import { ModelFilter } from "./ModelFilter";
import { NothingAsked } from "./NothingAsked";
import { RequestRow } from "./RequestRow";
import {
  type ApprovalsSearch,
  type ApprovalsTab,
  approvalsRoute,
  type RequestsTab,
  TABS,
} from "./route";
import { strings } from "./strings";

const ASKED = {
  review: { role: "reviewer" },
  mine: { role: "requester" },
  done: { state: "closed" },
} as const;

/** Requests to move versions: those that wait for me, those that I have made, those decided. */
export function Approvals() {
  const { tab = "review", model = "" } = approvalsRoute.useSearch();
  const navigate = useNavigate();
  const choose = (name: string) =>
    void navigate({
      to: "/approvals",
      search: (old) => compact({ ...old, model: name || undefined }) as ApprovalsSearch,
      replace: true,
    });
  const counts: Partial<Record<ApprovalsTab, number>> = {
    review: useWaitingRequests().data?.length ?? 0,
    emergencies: useEmergencies().data?.filter(isOpen).length ?? 0,
  };
  const list = useRef<HTMLUListElement>(null);
  const go = (step: number) => () => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>("[data-open]") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
  };
  useKeys([
    { keys: "j", label: strings.next, group: shell.keys.page, run: go(1) },
    { keys: "k", label: strings.previous, group: shell.keys.page, run: go(-1) },
  ]);
  return (
    <Page title={strings.title}>
      <Tabs
        label={strings.tabs.label}
        tabs={TABS.map((key) => ({
          name: strings.tabs[key],
          count: counts[key] || undefined,
          active: key === tab,
          link: {
            to: "/approvals",
            search: compact({
              tab: key === "review" ? undefined : key,
              model: model || undefined,
            }) as ApprovalsSearch,
          },
        }))}
      />
      <ModelFilter key={model} model={model} onChoose={choose} />
      {tab === "emergencies" ? (
        <Emergencies model={model} onClear={() => choose("")} />
      ) : (
        <Requests key={tab} tab={tab} model={model} list={list} onClear={() => choose("")} />
      )}
    </Page>
  );
}

interface RequestsProps {
  tab: RequestsTab;
  model: string;
  list: React.RefObject<HTMLUListElement | null>;
  onClear: () => void;
}

function Requests({ tab, model, list, onClear }: RequestsProps) {
  const query = useRequests({ ...ASKED[tab], name: model });
  return (
    <Loaded query={query} failed={strings.failed} lines={8}>
      {(requests) => (
        <Panel title={strings.tabs[tab]} bare flush>
          {requests.length ? (
            <ul className={styles.list} aria-label={strings.list} ref={list}>
              {inOrder(requests, tab).map((request) => (
                <RequestRow key={request.id} request={request} tab={tab} />
              ))}
            </ul>
          ) : model ? (
            <RequestsFiltered tab={tab} model={model} onClear={onClear} />
          ) : (
            <NothingAsked tab={tab} />
          )}
          {query.hasNextPage && (
            <div className={styles.more}>
              <Button disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
                {strings.older}
              </Button>
            </div>
          )}
        </Panel>
      )}
    </Loaded>
  );
}

type RequestsFilteredProps = Omit<RequestsProps, "list">;

function RequestsFiltered({ tab, model, onClear }: RequestsFilteredProps) {
  return (
    <Filtered
      title={strings.noneOf(model)}
      without={useRequestsTotal(ASKED[tab]).data}
      said={strings.hidden}
      clear={strings.allModels}
      onClear={onClear}
    />
  );
}

/** What waits for one's word comes before what one has approved already. */
function inOrder(requests: readonly TransitionRequest[], tab: RequestsTab): TransitionRequest[] {
  if (tab !== "review") return [...requests];
  return [...requests].sort((a, b) => Number(b.waits ?? false) - Number(a.waits ?? false));
}
