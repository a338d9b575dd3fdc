import { Outlet, useMatchRoute } from "@tanstack/react-router";
import { Page } from "../../components/Page";
import { Tabs } from "../../components/Tabs";
import { strings } from "./strings";

const PARTS = ["tokens", "users", "groups", "permissions", "webhooks", "appearance"] as const;
const ABOVE = [{ name: strings.title, to: "/settings" }];

/** The frame of the settings: a tab for each part. */
export function Settings() {
  const match = useMatchRoute();
  const open = PARTS.find((part) => match({ to: `/settings/${part}`, fuzzy: true }));
  const tabs = PARTS.map((part) => ({
    name: strings.tabs[part],
    active: part === open,
    link: { to: `/settings/${part}` as const, search: {} },
  }));
  return (
    <Page title={open ? strings.tabs[open] : strings.title} above={ABOVE}>
      <Tabs label={strings.tabs.label} tabs={tabs} />
      <Outlet />
    </Page>
  );
}
