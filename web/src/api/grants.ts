import { queryOptions, useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { askAgain } from "./queries";
import {
  explainPermission,
  type Grant,
  grantPermission,
  listPermissions,
  revokePermission,
} from "./schema.gen";
import { useRights } from "./session";

export type Level = Grant["permission"];
export type GrantRequest = Parameters<NonNullable<typeof grantPermission.types>>[0];
export type RevokeRequest = Parameters<NonNullable<typeof revokePermission.types>>[0];

/** Whose grants, or on what; all that one may see when nothing is named. */
export interface GrantsAsked {
  object?: string | undefined;
  user?: string | undefined;
  group?: string | undefined;
}

export const grantsQuery = (asked: GrantsAsked) =>
  queryOptions({
    queryKey: ["grants", asked],
    queryFn: async ({ signal }) => (await call(listPermissions, { ...asked }, signal)).grants ?? [],
  });

export const useGrants = (asked: GrantsAsked) => useQuery(grantsQuery(asked));

export interface ExplanationAsked {
  object: string;
  permission: Level;
  user?: string | undefined;
  stage?: string | undefined;
}

export const explanationQuery = (asked: ExplanationAsked) =>
  queryOptions({
    queryKey: ["grants", "explained", asked],
    queryFn: ({ signal }) => call(explainPermission, { ...asked }, signal),
  });

const again = () => askAgain(new Set(["grants", "models", "experiments"]));

export const useGrant = () =>
  useMutation({
    mutationFn: (asked: GrantRequest) => call(grantPermission, asked),
    onSettled: again,
  });

export const useRevoke = () =>
  useMutation({
    mutationFn: (asked: RevokeRequest) => call(revokePermission, asked),
    onSettled: again,
  });

/** What one manages: nothing, and so on, as far as the own grants tell; admins manage all. */
export function useStewardship(): { any: boolean; models: boolean } {
  const { admin } = useRights();
  const own = useQuery({ ...grantsQuery({}), enabled: !admin }).data ?? [];
  const managed = own.filter(({ permission, stage }) => permission === "CAN_MANAGE" && !stage);
  const models = managed.some(({ object }) => /^(model|models|folder):/.test(object));
  return { any: admin || managed.length > 0, models: admin || models };
}

/** Why the user may not do what takes a permission on an object; undefined when they may. */
export function useWhyNot(object: string, permission: Level): string | undefined {
  const { known, admin } = useRights();
  const asked = { ...explanationQuery({ object, permission }), enabled: known && !admin };
  const found = useQuery(asked).data;
  return !admin && found?.allowed === false ? found.because : undefined;
}

const MOST_ASKED = 60;

/** Say of which objects one may give and take permissions; the server explains each. */
export function useManaged(objects: readonly string[]): ReadonlySet<string> {
  const { admin } = useRights();
  const asked = admin ? [] : [...new Set(objects)].slice(0, MOST_ASKED);
  const answers = useQueries({
    queries: asked.map((object) => explanationQuery({ object, permission: "CAN_MANAGE" })),
  });
  return new Set(admin ? objects : asked.filter((_, i) => answers[i]?.data?.allowed));
}
