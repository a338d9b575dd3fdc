import { queryOptions, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { askAgain, queries } from "./queries";
import {
  createHook,
  type Delivery,
  deleteHook,
  getHook,
  type Hook,
  listDeliveries,
  listHooks,
  redeliverHook,
  tryHook,
  updateHook,
  updateRegistryWebhook,
  updateWebhook,
} from "./schema.gen";

export type NewHook = Parameters<NonNullable<typeof createHook.types>>[0];
export type DeliveryState = "pending" | "delivered" | "dead" | "cancelled";

const MOST = 1000;
const OFTEN = 3000; // milliseconds: deliveries are no events, so the page asks

export const hooksQuery = queryOptions({
  queryKey: ["webhooks"],
  queryFn: async ({ signal }) =>
    (await call(listHooks, { max_results: MOST }, signal)).webhooks ?? [],
  refetchInterval: OFTEN * 5,
});

export const hookQuery = (webhook_id: string) =>
  queryOptions({
    queryKey: ["webhooks", webhook_id],
    queryFn: async ({ signal }) => (await call(getHook, { webhook_id }, signal)).webhook,
    refetchInterval: OFTEN,
  });

export const useHooks = (enabled: boolean) => useQuery({ ...hooksQuery, enabled });
export const useHook = (id: string) => useQuery(hookQuery(id));

/** What was sent to a webhook, the newest first. */
export function useDeliveries(webhook_id: string, state: DeliveryState | undefined) {
  return useInfiniteQuery({
    queryKey: ["webhooks", webhook_id, "deliveries", state],
    queryFn: ({ signal, pageParam }) =>
      call(listDeliveries, { webhook_id, state, max_results: 50, page_token: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
    select: (data): Delivery[] => data.pages.flatMap((page) => page.deliveries ?? []),
    refetchInterval: ({ state: { data } }) => (data && data.pages.length > 1 ? false : OFTEN),
  });
}

const again = () => askAgain(new Set(["webhooks"]));

/** Make a webhook; what it was asked with is not kept, for the secret is in it. */
export const useCreateHook = () =>
  useMutation({
    mutationFn: (asked: NewHook) => call(createHook, asked),
    onSettled: again,
    gcTime: 0,
  });

export const useTryHook = () =>
  useMutation({
    mutationFn: async (webhook_id: string) => (await call(tryHook, { webhook_id })).result,
  });

interface Change {
  hook: Hook;
  comment: string;
}

/** Switch a webhook of any form on or off; each form has its own call for that. */
export const useSwitchHook = () =>
  useMutation({
    mutationFn: async ({ hook, comment }: Change) => {
      const status = hook.status === "DISABLED" ? "ACTIVE" : "DISABLED";
      const { webhook_id } = hook;
      if (hook.form === "mlflow") await call(updateWebhook, { webhook_id, status, comment });
      else if (hook.form === "databricks")
        await call(updateRegistryWebhook, { id: webhook_id, status, comment });
      else await call(updateHook, { webhook_id, status, comment });
    },
    onSettled: again,
  });

/** Give a webhook another secret, or (empty) none; it is not kept here. */
export const useSetSecret = () =>
  useMutation({
    mutationFn: async ({ hook, secret, comment }: Change & { secret: string }) => {
      const { webhook_id } = hook;
      const asked = { webhook_id, secret, comment };
      if (hook.form === "mlflow") await call(updateWebhook, asked);
      else await call(updateHook, asked);
    },
    onSettled: again,
    gcTime: 0,
  });

export const useDeleteHook = () =>
  useMutation({
    mutationFn: ({ hook, comment }: Change) =>
      call(deleteHook, { webhook_id: hook.webhook_id, comment }),
  });

/** Know of a deleted webhook no more; for when its page is left, for it could not be read there. */
export function forgetHook(webhook_id: string): void {
  queries.removeQueries({ queryKey: ["webhooks", webhook_id] });
  void again();
}

/** Queue deliveries again: those named, or all that were given up. */
export const useRedeliver = (webhook_id: string) =>
  useMutation({
    mutationFn: async (delivery_ids: string[]) =>
      (await call(redeliverHook, { webhook_id, delivery_ids })).redelivered,
    onSettled: again,
  });
