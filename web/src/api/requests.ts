import { queryOptions, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { call, callWithNext } from "./client";
import {
  approveTransitionRequest,
  closeEmergency,
  createComment,
  deleteComment,
  deleteTransitionRequest,
  getTransitionRequest,
  listChecks,
  listComments,
  listEmergencies,
  listWaitingRequests,
  rejectTransitionRequest,
  searchTransitionRequests,
  type TransitionRequest,
  updateComment,
} from "./schema.gen";
import { again } from "./versions";

const PAGE = 50;

/** The open requests that wait for the caller's word. */
export const waitingQuery = queryOptions({
  queryKey: ["requests", "waiting"],
  queryFn: async ({ signal }) =>
    (await callWithNext(listWaitingRequests, {}, signal)).requests ?? [],
});

export const useWaitingRequests = () => useQuery(waitingQuery);

type Asked = Omit<Parameters<NonNullable<typeof searchTransitionRequests.types>>[0], "page_token">;

/** Requests of all models, page by page. */
export function useRequests(asked: Asked) {
  return useInfiniteQuery({
    queryKey: ["requests", "search", asked],
    queryFn: ({ signal, pageParam }) =>
      call(
        searchTransitionRequests,
        { ...asked, max_results: PAGE, page_token: pageParam },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
    select: (data): TransitionRequest[] => data.pages.flatMap((page) => page.requests ?? []),
  });
}

/** How many requests of all models there are. */
const requestsTotal = (asked: Asked) =>
  queryOptions({
    queryKey: ["requests", "total", asked],
    queryFn: async ({ signal }) => {
      let total = 0;
      let page_token = "";
      do {
        const request = { ...asked, max_results: 1000, page_token };
        const page = await call(searchTransitionRequests, request, signal);
        total += page.requests?.length ?? 0;
        page_token = page.next_page_token ?? "";
      } while (page_token);
      return total;
    },
  });

export const useRequestsTotal = (asked: Asked) => useQuery(requestsTotal(asked));

/** The open requests of a model. */
export const requestsOf = (name: string) =>
  queryOptions({
    queryKey: ["requests", "of", name],
    queryFn: async ({ signal }) =>
      (await call(searchTransitionRequests, { name, max_results: 1000 }, signal)).requests ?? [],
  });

export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ["requests", "one", id],
    queryFn: async ({ signal }) => (await call(getTransitionRequest, { id }, signal)).request,
  });

export const commentsOf = (name: string, version: string) =>
  queryOptions({
    queryKey: ["requests", "comments", name, version],
    queryFn: async ({ signal }) =>
      (await call(listComments, { name, version, max_results: 1000 }, signal)).comments ?? [],
  });

/** The results that were posted for a version's checks, with their evidence. */
export const checksOf = (name: string, version: string) =>
  queryOptions({
    queryKey: ["requests", "checks", name, version],
    queryFn: async ({ signal }) => (await call(listChecks, { name, version }, signal)).checks ?? [],
  });

export const useRequest = (id: string) => useQuery(requestQuery(id));
export const useRequestsOf = (name: string) => useQuery(requestsOf(name));
export const useComments = (name: string, version: string) => useQuery(commentsOf(name, version));
export const useChecks = (name: string, version: string) => useQuery(checksOf(name, version));

export const useApprove = () =>
  useMutation({
    mutationFn: (said: Parameters<NonNullable<typeof approveTransitionRequest.types>>[0]) =>
      call(approveTransitionRequest, said),
    onSettled: again,
  });

export const useReject = () =>
  useMutation({
    mutationFn: (said: Parameters<NonNullable<typeof rejectTransitionRequest.types>>[0]) =>
      call(rejectTransitionRequest, said),
    onSettled: again,
  });

export const useCancelRequest = () =>
  useMutation({
    mutationFn: (said: Parameters<NonNullable<typeof deleteTransitionRequest.types>>[0]) =>
      call(deleteTransitionRequest, said),
    onSettled: again,
  });

/** Comment on a version. */
export const useComment = () =>
  useMutation({
    mutationFn: (said: { name: string; version: string; comment: string }) =>
      call(createComment, said),
    onSettled: again,
  });

export const useEditComment = () =>
  useMutation({
    mutationFn: (said: { id: string; comment: string }) => call(updateComment, said),
    onSettled: again,
  });

export const useDeleteComment = () =>
  useMutation({
    mutationFn: (said: { id: string }) => call(deleteComment, said),
    onSettled: again,
  });

/** Moves past the policy, the newest first: of a model, or of all that the caller sees. */
export const emergenciesOf = (name: string) =>
  queryOptions({
    queryKey: ["requests", "emergencies", name],
    queryFn: async ({ signal }) =>
      (await call(listEmergencies, { name, max_results: 1000 }, signal)).emergencies ?? [],
  });

export const useEmergencies = (name = "") => useQuery(emergenciesOf(name));

/** Close an emergency; the conclusion is the `comment`. */
export const useCloseEmergency = () =>
  useMutation({
    mutationFn: (said: { id: string; comment: string }) => call(closeEmergency, said),
    onSettled: again,
  });
