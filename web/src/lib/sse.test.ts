import { expect, test } from "vitest";
import { SseReader } from "./sse";

test("messages are whole wherever the stream is cut", () => {
  const stream =
    ': hello\n\nid: 1\nevent: run.created\ndata: {"a":1}\n\nevent: x\ndata: b\ndata: c\n\n';
  const whole = [
    { event: "run.created", data: '{"a":1}' },
    { event: "x", data: "b\nc" },
  ];
  for (let at = 0; at < stream.length; at += 1) {
    const reader = new SseReader();
    expect([...reader.read(stream.slice(0, at)), ...reader.read(stream.slice(at))]).toEqual(whole);
  }
});
