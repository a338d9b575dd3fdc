import { queryOptions, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { askAgain, queries } from "./queries";
import {
  createHook,
  type Delivery,
  deleteHook,
  getHook,
  type Hook,
  type HookHeader,
  listDeliveries,
  listHooks,
  redeliverHook,
  tryHook,
  updateHook,
  updateRegistryWebhook,
  updateWebhook,
  type WebhookEvent,
} from "./schema.gen";

export type NewHook = Parameters<NonNullable<typeof createHook.types>>[0];
export type DeliveryState = "pending" | "delivered" | "dead" | "cancelled";

const MOST = 1000;
const OFTEN = 3000; // milliseconds: deliveries are no events, so the page asks

// By webhook: its deletion, under way or done.
const deletions = new Map<string, Promise<unknown>>();

/** Wait while a webhook is being deleted, for good once it is: to read it would be refused. */
async function unlessDeleted(webhook_id: string): Promise<void> {
  const deletion = deletions.get(webhook_id);
  if (!deletion) return;
  const gone = await deletion.then(
    () => true,
    () => false,
  );
  if (gone) await new Promise(() => undefined);
}

export const hooksQuery = queryOptions({
  queryKey: ["webhooks"],
  queryFn: async ({ signal }) =>
    (await call(listHooks, { max_results: MOST }, signal)).webhooks ?? [],
  refetchInterval: OFTEN * 5,
});

export const hookQuery = (webhook_id: string) =>
  queryOptions({
    queryKey: ["webhooks", webhook_id],
    queryFn: async ({ signal }) => {
      await unlessDeleted(webhook_id);
      return (await call(getHook, { webhook_id }, signal)).webhook;
    },
    refetchInterval: OFTEN,
  });

export const useHooks = (enabled: boolean) => useQuery({ ...hooksQuery, enabled });
export const useHook = (id: string) => useQuery(hookQuery(id));

/** What was sent to a webhook, the newest first. */
export function useDeliveries(webhook_id: string, state: DeliveryState | undefined) {
  return useInfiniteQuery({
    queryKey: ["webhooks", webhook_id, "deliveries", state],
    queryFn: async ({ signal, pageParam }) => {
      await unlessDeleted(webhook_id);
      const asked = { webhook_id, state, max_results: 50, page_token: pageParam };
      return call(listDeliveries, asked, signal);
    },
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

export interface HookEdit extends Change {
  url: string;
  name: string;
  description: string;
  /** The beginnings of actions, or the events by their names in the webhook's form. */
  actions: readonly string[];
  /** The header's new value, empty for none; the old one stays when absent. */
  authorization: string | undefined;
  /** All further headers, those without a value as they are; absent when none is another. */
  headers: HookHeader[] | undefined;
}

/** Change a webhook of any form; what is as it was is not sent, as it might be another's by now. */
export const useEditHook = () =>
  useMutation({
    mutationFn: async ({ hook, comment, actions, authorization, headers, ...texts }: HookEdit) => {
      const { webhook_id } = hook;
      const url = texts.url === hook.url ? undefined : texts.url;
      const name = texts.name === (hook.name ?? "") ? undefined : texts.name;
      const told = texts.description === (hook.description ?? "") ? undefined : texts.description;
      const same = JSON.stringify(actions) === JSON.stringify(hook.actions ?? []);
      const secret = authorization === undefined ? {} : { authorization };
      const asked = { comment, ...(told === undefined ? {} : { description: told }) };
      const named = { webhook_id, ...asked, ...(name === undefined ? {} : { name }) };
      const at = url === undefined ? {} : { url };
      if (hook.form === "mlflow") {
        const events = same ? [] : actions.map(pairOf);
        await call(updateWebhook, { ...named, ...at, events });
      } else if (hook.form === "databricks") {
        const spec =
          url || authorization !== undefined
            ? { http_url_spec: { url: texts.url, ...secret } }
            : {};
        const events = (same ? [] : actions) as RegistryEvents;
        await call(updateRegistryWebhook, { id: webhook_id, ...asked, ...spec, events });
      } else {
        const events = same ? {} : { actions: [...actions] };
        const own = headers ? { headers } : {};
        await call(updateHook, { ...named, ...at, ...events, ...secret, ...own });
      }
    },
    onSettled: again,
    gcTime: 0,
  });

type RegistryEvents = NonNullable<
  Parameters<NonNullable<typeof updateRegistryWebhook.types>>[0]["events"]
>;

/** `MODEL_VERSION.CREATED` as MLflow's form has it. */
function pairOf(name: string): WebhookEvent {
  const [entity, action] = name.split(".");
  return { entity, action } as WebhookEvent;
}

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
    mutationFn: async ({ hook: { webhook_id }, comment }: Change) => {
      // What is being read now is given up first: it could be refused as well.
      const quiet = queries.cancelQueries({ queryKey: ["webhooks", webhook_id] });
      const deletion = quiet.then(() => call(deleteHook, { webhook_id, comment }));
      deletions.set(webhook_id, deletion);
      await deletion.catch((problem) => {
        deletions.delete(webhook_id);
        throw problem;
      });
    },
  });

/** Know of a deleted webhook no more; for when its page is left, for it could not be read there. */
export function forgetHook(webhook_id: string): void {
  queries.removeQueries({ queryKey: ["webhooks", webhook_id] });
  deletions.delete(webhook_id); // who comes back to the page is told that there is none
  void again();
}

/** Queue deliveries again: those named, or all that were given up. */
export const useRedeliver = (webhook_id: string) =>
  useMutation({
    mutationFn: async (delivery_ids: string[]) =>
      (await call(redeliverHook, { webhook_id, delivery_ids })).redelivered,
    onSettled: again,
  });
