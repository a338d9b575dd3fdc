import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useVersion, useVersionsOf } from "../../api/versions";
import { Badge, StageBadge } from "../../components/Badge";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import frame from "../../components/PageParts.module.css";
import { Tabs } from "../../components/Tabs";
import { versionRoute } from "./route";
import { strings } from "./strings";
import { VersionActions } from "./VersionActions";

/** A version's header; its tabs are routes below. A new tab is a line here and one in route.ts. */
export function VersionFrame() {
  const { name, version } = versionRoute.useParams();
  const query = useVersion(name, version);
  const here = useLocation().pathname.split("/").at(-1);
  const above = [
    { name: strings.models, to: "/models" },
    { name, to: `/models/${encodeURIComponent(name)}` },
  ];
  const marks = query.data && (
    <>
      <StageBadge stage={query.data.current_stage} />
      {(query.data.aliases ?? []).map((alias) => (
        <Badge key={alias}>@{alias}</Badge>
      ))}
    </>
  );
  const held = useVersionsOf(name).data?.find(
    (v) => v.current_stage === "Production" && v.version !== version,
  );
  const compare = held && (
    <Link
      to="/models/$name/diff/$before/$after"
      params={{ name, before: held.version, after: version }}
    >
      {strings.compare(held.version)}
    </Link>
  );
  const params = { name, version };
  const tabs = [
    {
      name: strings.tabs.overview,
      active: here === "overview",
      link: { to: "/models/$name/versions/$version/overview", params },
    },
    {
      name: strings.tabs.files,
      active: here === "files",
      link: { to: "/models/$name/versions/$version/files", params },
    },
    {
      name: strings.tabs.lineage,
      active: here === "lineage",
      link: { to: "/models/$name/versions/$version/lineage", params },
    },
    {
      name: strings.tabs.history,
      active: here === "history",
      link: { to: "/models/$name/versions/$version/history", params },
    },
    {
      name: strings.tabs.try,
      active: here === "try",
      link: { to: "/models/$name/versions/$version/try", params },
    },
  ] as const;
  const full = here === "files";
  return (
    <Page
      title={strings.title(version)}
      above={above}
      marks={marks}
      actions={
        <>
          {compare}
          {query.data && <VersionActions version={query.data} />}
        </>
      }
      full={full}
    >
      <Loaded query={query} failed={strings.failed} lines={10}>
        {() => (
          <div className={full ? frame.full : frame.parts}>
            <Tabs label={strings.tabs.label} tabs={tabs} />
            <Outlet />
          </div>
        )}
      </Loaded>
    </Page>
  );
}
