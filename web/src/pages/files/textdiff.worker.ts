import type { Answer, Question } from "./aside";
import { textDiff } from "./diffrows";

addEventListener("message", ({ data }: MessageEvent<Question>) => {
  const found = textDiff(data.before, data.after);
  postMessage({ id: data.id, found } satisfies Answer);
});
