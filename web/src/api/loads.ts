import { queryOptions, useQuery } from "@tanstack/react-query";
import { firstDay } from "../lib/days";
import { call } from "./client";
import { type Loads, listLoads } from "./schema.gen";

const MOST = 1000; // users that are read

/** Who has loaded a version ever, the last first, and how often it was on each of the last days. */
export interface VersionLoads {
  readonly users: readonly Loads[];
  /** Whether there are more users than these. */
  readonly more: boolean;
  readonly days: readonly Loads[];
}

const loadsOf = (name: string, version: string) =>
  queryOptions({
    queryKey: ["loads", name, version],
    queryFn: async ({ signal }): Promise<VersionLoads> => {
      const [users, days] = await Promise.all([
        call(listLoads, { name, version, max_results: MOST }, signal),
        call(listLoads, { name, version, by: "day", from_time: firstDay() }, signal),
      ]);
      return {
        users: [...(users.loads ?? [])].sort((a, b) => b.last - a.last),
        more: Boolean(users.next_page_token),
        days: days.loads ?? [],
      };
    },
    refetchInterval: 60_000, // nothing tells of loads
  });

const MOST_PAGES = 5; // that are read of a version's loads by user and day

/** Who has loaded a version on which day, the last day first; of very many the latest. */
const loadsByDay = (name: string, version: string, wanted: boolean) =>
  queryOptions({
    queryKey: ["loads", "by user and day", name, version],
    queryFn: async ({ signal }) => {
      const found: Loads[] = [];
      let page_token = "";
      for (let pages = 0; pages < MOST_PAGES && (pages === 0 || page_token); pages += 1) {
        const asked = { name, version, by: "user_day", max_results: MOST, page_token } as const;
        const page = await call(listLoads, asked, signal);
        found.push(...(page.loads ?? []));
        page_token = page.next_page_token ?? "";
      }
      return found;
    },
    enabled: wanted,
    refetchInterval: 60_000, // nothing tells of loads
  });

const loadsByVersion = (name: string, wanted: boolean) =>
  queryOptions({
    queryKey: ["loads", "by version", name],
    queryFn: async ({ signal }) => {
      const found = new Map<string, Loads>();
      let page_token = "";
      do {
        const asked = { name, by: "version", max_results: MOST, page_token } as const;
        const page = await call(listLoads, { ...asked, from_time: firstDay() }, signal);
        for (const one of page.loads ?? []) found.set(one.version ?? "", one);
        page_token = page.next_page_token ?? "";
      } while (page_token);
      return found;
    },
    enabled: wanted,
  });

export const useLoadsOf = (name: string, version: string) => useQuery(loadsOf(name, version));

export const useLoadsByDay = (name: string, version: string, wanted: boolean) =>
  useQuery(loadsByDay(name, version, wanted));

/** How often each version was loaded in the last days; read where somebody wants to see it. */
export const useLoadsByVersion = (name: string, wanted: boolean) =>
  useQuery(loadsByVersion(name, wanted));
