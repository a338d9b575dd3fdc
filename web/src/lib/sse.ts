export interface Message {
  readonly event: string;
  readonly data: string;
}

/** Cuts a stream of server-sent events into messages, however it arrives. */
export class SseReader {
  #rest = "";

  /** Take what has arrived and return the messages that are whole. */
  read(text: string): Message[] {
    this.#rest += text.replaceAll("\r\n", "\n");
    const blocks = this.#rest.split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      let event = "message";
      const data: string[] = [];
      for (const line of block.split("\n")) {
        if (line.startsWith("event:")) event = line.slice(6).trim();
        else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
      }
      return data.length ? [{ event, data: data.join("\n") }] : [];
    });
  }
}
