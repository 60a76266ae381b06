// Talks to the HTTP API. Every failure leaves here as a `Failure` with a sentence that can be shown.

import { conversation } from "./memory.js";

const WAIT_MS = 30_000;

export class Failure extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
    // A refused request is refused again; what broke on the way or in the server may pass.
    this.canRetry = !(status >= 400 && status < 500 && status !== 408 && status !== 429);
  }
}

// `message` is {id, text} or {id, press}. The id makes a second attempt harmless.
export async function ask(message) {
  try {
    return await post(message);
  } catch (failure) {
    if (failure.status !== 401) throw failure;
    conversation.drop(); // the server signs with another secret now
    return post(message);
  }
}

// The id is given up at once; what is kept under it is deleted when nothing is under way any more.
export async function forget(underWay) {
  const id = conversation.get();
  conversation.drop();
  await underWay;
  if (id) await call("DELETE", `api/v1/conversations/${encodeURIComponent(id)}`);
}

async function post(message) {
  return call("POST", "api/v1/messages", { conversation: await conversationId(), ...message });
}

async function conversationId() {
  if (!conversation.get()) {
    conversation.set((await call("POST", "api/v1/conversations")).conversation);
  }
  return conversation.get();
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
    throw new Failure(
      timer.signal.aborted ? "等了 30 秒没有回应。" : "没有连上服务器，请检查网络。",
    );
  } finally {
    clearTimeout(alarm);
  }
}

async function reason(response) {
  try {
    return (await response.json()).error.message;
  } catch {
    return `服务器没有给出回答（HTTP ${response.status}）。`;
  }
}
