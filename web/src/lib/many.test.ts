import { expect, test } from "vitest";
import { inParts } from "./many";

const never = new AbortController().signal;
const none = () => undefined;

test("what is refused holds up none of the others, and the first reason is kept", async () => {
  const asked: string[][] = [];
  const work = async (run_ids: string[]) => {
    asked.push(run_ids);
    if (run_ids.includes("c")) throw new Error("cut");
    const refused = run_ids.filter((id) => ["b", "f"].includes(id));
    return {
      run_ids: run_ids.filter((id) => !refused.includes(id)),
      refused: refused.map((run_id) => ({ run_id, error_code: "X", message: `no ${run_id}` })),
    };
  };
  const tried: number[] = [];
  const found = await inParts([..."abcdefg"], 2, work, (n) => tried.push(n), never);
  expect(asked).toEqual([["a", "b"], ["c", "d"], ["e", "f"], ["g"]]);
  expect(found).toEqual({ done: ["a", "e", "g"], refused: 4, why: "no b" });
  expect(tried).toEqual([2, 4, 6, 7]);
});

test("what is stopped is not tried", async () => {
  const stopper = new AbortController();
  const work = async (run_ids: string[]) => {
    stopper.abort();
    return { run_ids };
  };
  const found = await inParts([..."abcdef"], 4, work, none, stopper.signal);
  expect(found).toEqual({ done: [..."abcd"], refused: 0, why: undefined });
});
