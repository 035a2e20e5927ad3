// The worker: it loads implycheck.wasm once and answers what the page asks. After
// that it can ask nobody anything: what would open a connection is taken away. What
// cannot be taken away, import(), a server forbids by sending the page's policy.
"use strict";

let engine; // answers a call: its name, a request in JSON, and files
const waiting = [];

importScripts("wasm_exec.js");

// ready is called by the engine when it can be asked.
self.ready = () => {
  engine = self.implycheck;
  for (const name of ["fetch", "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "importScripts", "Worker", "caches", "indexedDB", "FontFace", "fonts", "BroadcastChannel"]) Object.defineProperty(self, name, {value: undefined});
  postMessage({ready: true});
  waiting.splice(0).forEach(answer);
};

function answer({id, call, request, files}) {
  const reply = JSON.parse(engine(call, JSON.stringify(request ?? null), files ?? []));
  postMessage({id, answer: reply.Answer, error: reply.Error, field: reply.Field});
}

onmessage = ({data}) => engine ? answer(data) : waiting.push(data);

async function load() {
  const go = new Go();
  const {instance} = await WebAssembly.instantiateStreaming(fetch("implycheck.wasm"), go.importObject);
  await go.run(instance);
  throw new Error("the engine has stopped");
}

load().catch(error => postMessage({broken: String(error.message ?? error)}));
