import { type Message, SseReader } from "../lib/sse";
import { arrived } from "../state/arrived";
import { askTogether, type Operation } from "./schema.gen";

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

interface Waiting {
  readonly operation: Operation<unknown, unknown>;
  readonly request: unknown;
  readonly signal: AbortSignal | undefined;
  readonly answer: (answer: unknown) => void;
  readonly refuse: (problem: unknown) => void;
}
/** The most questions that the server takes at once. */
export const MOST = 50;
const PATIENCE = 500; // milliseconds that a question waits for the next one
let waiting: Waiting[] = [];
let leaving = false; // whether what waits is about to be asked

/** Ask the server; what is asked in the same moment goes as one request, if it can. */
export function call<Request, Answer>(
  operation: Operation<Request, Answer>,
  request: Request,
  signal?: AbortSignal,
): Promise<Answer> {
  if (!operation.together) return callAlone(operation, request, signal);
  const answered = wait(operation, request, signal);
  leaveSoon();
  return answered;
}

/** Ask the server with whatever is asked next: for what stands around a page and is in no hurry. */
export function callWithNext<Request, Answer>(
  operation: Operation<Request, Answer>,
  request: Request,
  signal?: AbortSignal,
): Promise<Answer> {
  const answered = wait(operation, request, signal);
  const leave = () => setTimeout(leaveSoon, PATIENCE);
  if (arrived.get()) leave();
  else {
    const waits = arrived.follow(() => {
      waits();
      leave();
    });
  }
  return answered;
}

function wait<Request, Answer>(
  operation: Operation<Request, Answer>,
  request: Request,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((answer, refuse) => {
    waiting.push({ operation, request, signal, answer, refuse } as Waiting);
    if (waiting.length === MOST) askWaiting();
  });
}

/** Let what waits for the next question go now: for a page that asks nothing else. */
export function hurry(): void {
  setTimeout(leaveSoon); // what the page waits for may be about to be asked
}

function leaveSoon(): void {
  if (leaving || waiting.length === 0) return;
  leaving = true;
  setTimeout(askWaiting);
}

function askWaiting(): void {
  const all = waiting;
  waiting = [];
  leaving = false;
  for (const { signal, refuse } of all) if (signal?.aborted) refuse(signal.reason);
  const asked = all.filter(({ signal }) => !signal?.aborted);
  if (asked.length > 1) void callTogether(asked);
  else askEach(asked);
}

function askEach(asked: readonly Waiting[]): void {
  for (const { operation, request, signal, answer, refuse } of asked)
    callAlone(operation, request, signal).then(answer, refuse);
}

async function callTogether(asked: readonly Waiting[]): Promise<void> {
  const questions = asked.map(({ operation: { name }, request }) => ({
    operation: name,
    request: request as Record<string, unknown>,
  }));
  try {
    const { answers } = await callAlone(askTogether, { questions }, allOf(asked));
    for (const [i, { answer, refuse }] of asked.entries()) {
      const { status, body } = answers[i] as { status: number; body: unknown };
      if (status === 200) answer(body);
      else refuse(refusal(status, body as Refusal));
    }
  } catch (problem) {
    // One of them may have been too much for all; not when nobody answers, or asks for a login.
    if (problem instanceof ApiError && problem.status && problem.status !== 401) askEach(asked);
    else for (const { refuse } of asked) refuse(problem);
  }
}

/** Return what says that nobody waits any more. */
export function allOf(asked: readonly { signal?: AbortSignal | undefined }[]): AbortSignal {
  const stop = new AbortController();
  const left = () => {
    if (asked.every(({ signal }) => signal?.aborted)) stop.abort();
  };
  for (const { signal } of asked) signal?.addEventListener("abort", left);
  return stop.signal;
}

/** Ask the server for what may take long, or nothing else should wait for. */
export async function callAlone<Request, Answer>(
  operation: Operation<Request, Answer>,
  request: Request,
  signal?: AbortSignal,
): Promise<Answer> {
  leaveSoon();
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
  let body: Refusal = {};
  try {
    body = (await response.json()) as Refusal;
  } catch {
    // A proxy in between answers in its own words.
  }
  throw refusal(response.status, body);
}

interface Refusal {
  readonly error_code?: string;
  readonly message?: string;
}

function refusal(status: number, body: Refusal): ApiError {
  const { error_code = "INTERNAL_ERROR", message = `The server answered ${status}.` } = body;
  return new ApiError(status, error_code, message);
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
