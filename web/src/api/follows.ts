import { queryOptions, useQuery } from "@tanstack/react-query";
import { call, callWithNext } from "./client";
import { then } from "./edits";
import {
  followModel,
  listFollowedModels,
  markModelsSeen,
  unfollowHiddenModels,
  unfollowModel,
} from "./schema.gen";

/** The models that the user follows, and what others have done to them since they looked. */
export const followsQuery = queryOptions({
  queryKey: ["follows"],
  queryFn: ({ signal }) => callWithNext(listFollowedModels, {}, signal),
});

/** Whether the user follows a model; undefined while that is not known. */
export function useFollowing(name: string): boolean | undefined {
  const found = useQuery(followsQuery).data;
  return found && (found.models ?? []).some((model) => model.name === name);
}

export const setFollowing = (name: string, on: boolean) =>
  then(call(on ? followModel : unfollowModel, { name }), "follows");

/** Follow those no longer that the user may not read any longer. */
export const unfollowHidden = () => then(call(unfollowHiddenModels, {}), "follows");

/** Mark what has happened to all of them as seen, up to an event. */
export const markSeen = (sequence: number) => then(call(markModelsSeen, { sequence }), "follows");
