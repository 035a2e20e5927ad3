// The engine as the page has it: a worker that answers, can be stopped, and is started
// again when it has stopped.
"use strict";

// ask asks the worker; what takes long can be stopped, and a worker that has stopped is
// followed by another one.
let worker, ready = false, broken = "", asked = 0;
const open = new Map();
const PATIENCE = 1500; // milliseconds until there is a button that stops

function start() {
  ready = false;
  try {
    if (typeof WebAssembly !== "object") throw new Error("WebAssembly is missing or switched off");
    worker = new Worker("worker.js");
  } catch (error) { return stopped(error.message); }
  const mine = worker;
  worker.onmessage = ({data}) => {
    if (mine !== worker) return; // what an engine before this one still had to say
    if (data.broken) return stopped(data.broken);
    if (data.ready) {
      ready = true;
      return document.documentElement.setAttribute("data-ready", Math.round(performance.now()));
    }
    settle(data.id, done => data.error ? done.reject(Object.assign(new Error(data.error), {field: data.field})) : done.resolve(data.answer));
  };
  worker.onerror = event => { event.preventDefault(); if (mine === worker) stopped(event.message); };
}

function settle(id, how) {
  const done = open.get(id);
  if (!done) return;
  clearTimeout(done.slow);
  open.delete(id);
  if (!open.size) $("stop").hidden = true;
  how(done);
}

// stopped is for an engine that never ran, and for one that does not go on.
function stopped(why) {
  worker?.terminate();
  if (ready) {
    start();
    return giveUp("The check stopped, most likely because it needed more memory than a browser gives to a page. Check fewer files, or use implycheck on the command line.");
  }
  broken = location.protocol === "file:"
    ? "This page was opened as a file, and a browser does not run its engine from there. Serve the folder, for example with: python3 -m http.server --bind 127.0.0.1"
    : `The engine does not run in this browser: ${why}. Use a current Firefox, Chrome, Edge or Safari, or implycheck on the command line.`;
  giveUp(broken);
  say(broken);
}

function giveUp(text) {
  for (const id of [...open.keys()]) settle(id, done => done.reject(new Error(text)));
}

const ask = (call, request, files) => new Promise((resolve, reject) => {
  if (broken) return reject(new Error(broken));
  open.set(++asked, {resolve, reject, slow: setTimeout(() => { $("stop").hidden = false; }, PATIENCE)});
  worker.postMessage({id: asked, call, request, files});
});
