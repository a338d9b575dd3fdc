import { queryOptions, useQuery } from "@tanstack/react-query";
import { callWithNext } from "./client";
import { listTopFolders } from "./schema.gen";

const topFolders = queryOptions({
  queryKey: ["folders"],
  queryFn: ({ signal }) => callWithNext(listTopFolders, {}, signal),
  staleTime: 60_000,
});

/** The outermost folders of what the user may read. */
export const useTopFolders = () => useQuery(topFolders).data?.folders ?? [];
