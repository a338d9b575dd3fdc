import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { type EventsPage, useEventsPage, useEventsTotal } from "../../api/audit";
import { useLogStatus } from "../../api/log";
import { Button } from "../../components/Button";
import { DataGrid } from "../../components/DataGrid";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { Filtered } from "../../components/Filtered";
import { Page } from "../../components/Page";
import { Switch } from "../../components/Segments";
import { Skeleton } from "../../components/Skeleton";
import { useWidth } from "../../components/useWidth";
import { grouped } from "../../lib/number";
import { compact } from "../../lib/search";
import styles from "./Audit.module.css";
import { AuditFilters } from "./AuditFilters";
import { columnsIn } from "./columns";
import { ExportMenu } from "./ExportMenu";
import { type AuditSearch, filterOf } from "./filter";
import { auditRoute } from "./route";
import { strings } from "./strings";
import { VerifyDialog } from "./VerifyDialog";

const NONE: AuditSearch = {};

/** The history of everything, a page at a time; the page of the newest goes on by itself. */
export function Audit() {
  const search = auditRoute.useSearch();
  const navigate = useNavigate();
  const [verifying, setVerifying] = useState(false);
  const { before, after, ...asked } = search;
  const filter = filterOf(asked);
  const query = useEventsPage(filter, { before, after });
  const size = useLogStatus().data?.size;
  const page = query.data;
  const newest = page?.events[0]?.sequence;
  const go = useCallback(
    (next: AuditSearch) =>
      void navigate({ to: "/audit", search: compact(next) as AuditSearch, resetScroll: false }),
    [navigate],
  );
  const change = (part: Partial<AuditSearch>) => go({ ...asked, ...part });
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const columns = useMemo(() => columnsIn(room), [room]);
  const filtered = Object.keys(asked).length > 0;
  return (
    <Page
      title={strings.title}
      sub={strings.sub}
      full
      marks={
        size !== undefined && (
          <span className={`num ${styles.soft}`}>
            {strings.total(grouped(Math.max(size, newest ?? 0)))}
          </span>
        )
      }
      actions={
        <>
          <Button icon="check" disabled={!newest} onClick={() => setVerifying(true)}>
            {strings.verify}
          </Button>
          <ExportMenu filter={filter} />
        </>
      }
    >
      <div className={styles.body}>
        <AuditFilters search={search} onChange={change} />
        <Pages
          page={page}
          live={before === undefined && after === undefined}
          onGo={(place) => go({ ...asked, ...place })}
        />
        <div ref={frame} className={`${styles.grid} ${query.isPlaceholderData ? styles.old : ""}`}>
          {query.isError && (
            <ErrorNote
              title={strings.failed}
              problem={query.error}
              onRetry={() => void query.refetch()}
            />
          )}
          {!page && !query.isError && <Skeleton lines={12} />}
          {page && (
            <DataGrid
              label={strings.title}
              columns={columns}
              count={page.events.length}
              rowAt={(index) => page.events[index]}
              rowKey={(event) => String(event.sequence)}
              about={JSON.stringify([filter, before, after])}
              onOpen={({ sequence }) =>
                void navigate({ to: "/audit/$sequence", params: { sequence: String(sequence) } })
              }
              empty={<Nothing filtered={filtered} onClear={() => go(NONE)} />}
            />
          )}
        </div>
      </div>
      {verifying && newest && <VerifyDialog newest={newest} onClose={() => setVerifying(false)} />}
    </Page>
  );
}

interface PagesProps {
  page: EventsPage | undefined;
  live: boolean;
  onGo: (place: Pick<AuditSearch, "before" | "after">) => void;
}

/** Which events are shown, and the way to newer and older ones. */
function Pages({ page, live, onGo }: PagesProps) {
  const first = page?.events[0]?.sequence;
  const last = page?.events.at(-1)?.sequence;
  const still = () => onGo({ before: (first ?? 0) + 1 });
  return (
    <div className={styles.bar}>
      <Switch
        on={live}
        title={strings.liveTitle}
        onChange={(on) => (on ? onGo({}) : first && still())}
      >
        {strings.live}
      </Switch>
      <span className="num" role="status">
        {first !== undefined && last !== undefined
          ? strings.shown(grouped(first), grouped(last))
          : ""}
      </span>
      <nav aria-label={strings.pages}>
        <Button disabled={live} onClick={() => onGo({})}>
          {strings.newest}
        </Button>
        <Button
          disabled={live || !page?.hasNewer}
          onClick={() => onGo(first ? { after: first } : {})}
        >
          {strings.newer}
        </Button>
        <Button
          disabled={!page?.hasOlder || !last}
          title={page && !page.hasOlder ? strings.end : undefined}
          onClick={() => last && onGo({ before: last })}
        >
          {strings.older}
        </Button>
      </nav>
    </div>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }): ReactNode {
  const all = useEventsTotal(filtered);
  return filtered ? (
    <Filtered
      title={strings.none}
      without={all.data}
      said={strings.filteredOut}
      clear={strings.clear}
      onClear={onClear}
    />
  ) : (
    <Empty title={strings.nothing}>
      <p>{strings.nothingText}</p>
    </Empty>
  );
}
