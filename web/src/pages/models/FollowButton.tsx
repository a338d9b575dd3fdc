import { useMutation } from "@tanstack/react-query";
import { setFollowing, useFollowing } from "../../api/follows";
import { Button } from "../../components/Button";
import { say } from "../../state/toasts";
import { strings } from "./strings";

/** Follow a model: what others do to it stands on the home page then, until it was seen. */
export function FollowButton({ name }: { name: string }) {
  const known = useFollowing(name);
  const change = useMutation({
    mutationFn: (on: boolean) => setFollowing(name, on),
    onError: (problem) => say("bad", problem.message),
  });
  const on = change.isPending ? change.variables : (known ?? false);
  return (
    <Button
      icon={on ? "check" : "bell"}
      aria-pressed={on}
      title={on ? strings.unfollowHint : strings.followHint}
      disabled={known === undefined}
      onClick={() => change.mutate(!on)}
    >
      {strings.follow}
    </Button>
  );
}
