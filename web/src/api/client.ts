import { type Message, SseReader } from "../lib/sse";
import type { Operation } from "./schema.gen";

/** What a call was refused with; the message is the server's own sentence. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The path below which this server's pages and calls are, without a slash at its end. */
export const prefix = new URL(document.baseURI).pathname.replace(/\/+$/, "");

/** The address of this server, as a client needs it. */
export const serverUrl = `${location.origin}${prefix}`;

/** Ask the server; the only place that does. */
export async function call<Request, Answer>(
  operation: Operation<Request, Answer>,
  request: Request,
  signal?: AbortSignal,
): Promise<Answer> {
  const found = await send(operation, request, "application/json", signal);
  return found.json() as Promise<Answer>;
}

/** Ask the server for an answer in a binary form that it knows. */
export async function callBytes<Request>(
  operation: Operation<Request, unknown>,
  request: Request,
  type: string,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  return (await send(operation, request, type, signal)).arrayBuffer();
}

/** Some bytes of a file, and how many it has in all. */
export interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly size: number;
  /** sha256 of the whole file, hexadecimal. */
  readonly digest: string | undefined;
}

/** Read a part of a file; from its first byte to its last when the span is left out. */
export async function readPart(
  url: string,
  span: readonly [number, number] | undefined,
  signal?: AbortSignal,
): Promise<Part> {
  const headers: HeadersInit = span ? { Range: `bytes=${span[0]}-${span[1] - 1}` } : {};
  const found = await answer(url, signal ? { headers, signal } : { headers });
  const bytes = new Uint8Array(await found.arrayBuffer());
  const total = found.headers.get("Content-Range")?.split("/")[1];
  const digest = /^"([0-9a-f]{64})"$/.exec(found.headers.get("ETag") ?? "")?.[1];
  return { bytes, size: Number(total ?? bytes.length), digest };
}

function send<Request>(
  operation: Operation<Request, unknown>,
  request: Request,
  type: string,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const fields = new Map(Object.entries(request as object).filter(([, v]) => v !== undefined));
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = encodeURIComponent(String(fields.get(name)));
    fields.delete(name);
    return value;
  });
  const init: RequestInit = { method: operation.method, headers: { Accept: type } };
  let url = prefix + path;
  if (operation.method === "GET") {
    const query = new URLSearchParams();
    for (const [key, value] of fields) {
      for (const item of Array.isArray(value) ? value : [value]) query.append(key, String(item));
    }
    if (query.size) url += `?${query}`;
  } else {
    init.body = JSON.stringify(Object.fromEntries(fields));
    init.headers = { ...init.headers, "Content-Type": "application/json" };
  }
  return answer(url, signal ? { ...init, signal } : init, operation.name !== ASKS_FOR_PASSWORD);
}

/** Also a wrong current password is answered with 401, and the login is as good as before. */
const ASKS_FOR_PASSWORD = "updateUserPassword";

async function answer(url: string, init: RequestInit, leaves = true): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (problem) {
    if (problem instanceof DOMException && problem.name === "AbortError") throw problem;
    throw new ApiError(0, "UNREACHABLE", "The server does not answer.");
  }
  if (response.ok) return response;
  if (response.status === 401 && leaves) logIn();
  let code = "INTERNAL_ERROR";
  let message = `The server answered ${response.status}.`;
  try {
    const body = (await response.json()) as { error_code?: string; message?: string };
    code = body.error_code ?? code;
    message = body.message ?? message;
  } catch {
    // A proxy in between answers in its own words.
  }
  throw new ApiError(response.status, code, message);
}

/** Leave for the login page, and come back to this address after it. */
export function logIn(): void {
  const here = location.pathname.slice(prefix.length) + location.search;
  location.assign(`${prefix}/login?next=${encodeURIComponent(here)}`);
}

/** End the session and show the login page. */
export async function logOut(): Promise<void> {
  await answer(`${prefix}/api/1.0/cuvee/logout`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  location.assign(`${prefix}/login`);
}

/** Follow a stream of the server's; ends when the signal or the server says so. */
export async function follow(
  stream: "events/stream" | "metrics/stream",
  query: readonly (readonly [string, string])[],
  onMessage: (message: Message) => void,
  signal: AbortSignal,
  onOpen?: () => void,
) {
  const asked = new URLSearchParams(query.map(([key, value]) => [key, value]));
  const url = `${prefix}/api/1.0/cuvee/${stream}${asked.size ? `?${asked}` : ""}`;
  const response = await answer(url, { headers: { Accept: "text/event-stream" }, signal });
  onOpen?.(); // the server answers when it knows where the stream begins
  const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const reader = new SseReader();
  for (let next = await chunks?.read(); next && !next.done; next = await chunks?.read()) {
    for (const message of reader.read(next.value)) onMessage(message);
  }
}
