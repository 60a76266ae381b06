// Talks to the HTTP API. Every failure leaves here as a `Failure` with a sentence that can be shown.

import { conversations } from "./memory.js";
import { t } from "./words.js";

const WAIT_MS = 30_000;

export class Failure extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
    // A refused request is refused again; what broke on the way or in the server may pass.
    this.canRetry = !(status >= 400 && status < 500 && status !== 408 && status !== 429);
    this.isOnTheWay = status === undefined;
  }
}

// `message` is {id, text} or {id, press}. The id makes a second attempt harmless.
export async function ask(message) {
  try {
    return await post(message);
  } catch (failure) {
    if (failure.status !== 401) throw failure;
    conversations.drop(); // the server signs with another secret now
    return post(message);
  }
}

// The ids are given up at once; what is kept under them is deleted when nothing is under way.
export async function forget(underWay) {
  const ids = conversations.all().filter(Boolean);
  conversations.drop();
  await underWay;
  await Promise.all(ids.map((id) => call("DELETE", `api/v1/conversations/${encodeURIComponent(id)}`)));
}

// What is to be pressed to open a link; null if it opens nothing any more.
export async function linked(payload) {
  try {
    return (await call("GET", `api/v1/links/${encodeURIComponent(payload)}`)).press;
  } catch (failure) {
    if (failure.isOnTheWay) throw failure;
    return null;
  }
}

export async function suggestions(text) {
  return (await call("GET", `api/v1/suggestions?text=${encodeURIComponent(text)}`)).suggestions;
}

async function post(message) {
  return call("POST", "api/v1/messages", { conversation: await conversationId(), ...message });
}

async function conversationId() {
  if (!conversations.current()) {
    conversations.add((await call("POST", "api/v1/conversations")).conversation);
  }
  return conversations.current();
}

async function call(method, path, body) {
  const timer = new AbortController();
  const alarm = setTimeout(() => timer.abort(), WAIT_MS);
  try {
    const response = await fetch(path, {
      method,
      signal: timer.signal,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
    if (response.ok) return await response.json();
    throw new Failure(await reason(response), response.status);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(t(timer.signal.aborted ? "tooLong" : "noLine"));
  } finally {
    clearTimeout(alarm);
  }
}

async function reason(response) {
  try {
    return (await response.json()).detail;
  } catch {
    return t("noAnswer", { status: response.status });
  }
}
