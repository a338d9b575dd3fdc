import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { askAgain } from "./queries";
import {
  activateUser,
  addMember,
  createGroup,
  createUser,
  deactivateUser,
  deleteGroup,
  deleteUser,
  listGroups,
  listUsers,
  type Operation,
  removeMember,
  updateGroup,
  updateUserAdmin,
  updateUserPassword,
} from "./schema.gen";

/** All users by name; who is no admin gets names and kinds only. */
export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: async ({ signal }) => (await call(listUsers, {}, signal)).users,
});

export const groupsQuery = queryOptions({
  queryKey: ["groups"],
  queryFn: async ({ signal }) => (await call(listGroups, {}, signal)).groups,
});

export const useUsers = () => useQuery(usersQuery);
export const useUserNames = () =>
  useQuery({ ...usersQuery, select: (users) => users.map((user) => user.username) });
export const useGroups = () => useQuery(groupsQuery);

const TOUCHED = new Set(["users", "groups", "session", "grants", "tokens"]);

/** Carry a change of users or groups out, and read anew what may have changed by it. */
function useChange<Request, Answer>(operation: Operation<Request, Answer>) {
  return useMutation({
    mutationFn: (request: Request) => call(operation, request),
    onSettled: () => askAgain(TOUCHED),
  });
}

export const useCreateUser = () => useChange(createUser);
export const useSetPassword = () => useChange(updateUserPassword);
export const useSetAdmin = () => useChange(updateUserAdmin);
export const useDeactivate = () => useChange(deactivateUser);
export const useActivate = () => useChange(activateUser);
export const useDeleteUser = () => useChange(deleteUser);
export const useCreateGroup = () => useChange(createGroup);
export const useUpdateGroup = () => useChange(updateGroup);
export const useDeleteGroup = () => useChange(deleteGroup);
export const useAddMember = () => useChange(addMember);
export const useRemoveMember = () => useChange(removeMember);
