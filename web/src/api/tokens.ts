import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { askAgain } from "./queries";
import { createToken, listTokens, revokeToken } from "./schema.gen";

export type NewTokenRequest = Parameters<NonNullable<typeof createToken.types>>[0];

/** One's own tokens, or as an admin those of all (`*`). */
export const tokensOf = (username: string) =>
  queryOptions({
    queryKey: ["tokens", username],
    queryFn: async ({ signal }) => (await call(listTokens, { username }, signal)).tokens,
  });

export const useTokens = (username: string, enabled: boolean) =>
  useQuery({ ...tokensOf(username), enabled });

const again = () => askAgain(new Set(["tokens"]));

/** Make a token; what it answers is not kept, for its secret is in it. */
export const useCreateToken = () =>
  useMutation({
    mutationFn: (asked: NewTokenRequest) => call(createToken, asked),
    onSettled: again,
    gcTime: 0,
  });

export const useRevokeToken = () =>
  useMutation({
    mutationFn: (asked: { token_id: string; comment: string }) => call(revokeToken, asked),
    onSettled: again,
  });
