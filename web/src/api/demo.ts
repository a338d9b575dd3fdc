import { useMutation } from "@tanstack/react-query";
import { say } from "../state/toasts";
import { call } from "./client";
import { askAgain } from "./queries";
import { loadDemo } from "./schema.gen";

/** Have the server tell the wine story; what it logs is shown as it comes. */
export const useLoadDemo = (done: string, failed: string) =>
  useMutation({
    mutationFn: async () => {
      const { problem } = await call(loadDemo, { story: "wine" });
      if (problem) throw new Error(problem);
    },
    // Said in toasts, since the page that asked shows by then what came meanwhile.
    onSuccess: () => say("good", done),
    onError: (problem) => say("bad", failed, problem.message),
    onSettled: () => askAgain(),
  });
