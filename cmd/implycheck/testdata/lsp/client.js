// The library that editors written in JavaScript use, as a client. Prints a line a
// fact; TestNode compares them.
const { spawn } = require("child_process");
const rpc = require("vscode-languageserver-protocol/node");
const fs = require("fs");
const { pathToFileURL } = require("url");
const dir = process.env.IMPLYCHECK_DIR, bin = process.env.IMPLYCHECK_BIN;
const name = dir + "/conf/druid/broker/runtime.properties";
const uri = pathToFileURL(name).toString();

const server = spawn(bin, ["lsp", "--stdio", "--target", "imply-3.0.19"], { stdio: ["pipe", "pipe", "inherit"] });
server.on("exit", (code) => { console.log("exits with", code); });
const c = rpc.createProtocolConnection(new rpc.StreamMessageReader(server.stdout), new rpc.StreamMessageWriter(server.stdin));
let waits = [];
const last = new Map();
c.onNotification(rpc.PublishDiagnosticsNotification.type, (p) => {
  last.set(p.uri, p);
  waits = waits.filter((w) => !w());
});
const until = (done) => new Promise((resolve) => {
  const look = () => { const found = done(); if (found) resolve(found); return found; };
  if (!look()) waits.push(look);
});
c.onRequest(rpc.RegistrationRequest.type, (p) => { console.log("watches", p.registrations[0].method); });
c.listen();
(async () => {
  const init = await c.sendRequest(rpc.InitializeRequest.type, {
    processId: process.pid, rootUri: null, workspaceFolders: [{ uri: pathToFileURL(dir).toString(), name: "conf" }],
    capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } }, textDocument: { completion: { completionItem: { snippetSupport: true } } } },
  });
  console.log("is", init.serverInfo.name, "and takes changes of kind", init.capabilities.textDocumentSync.change);
  await c.sendNotification(rpc.InitializedNotification.type, {});
  const text = fs.readFileSync(name, "utf8");
  await c.sendNotification(rpc.DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: "properties", version: 1, text } });
  await until(() => last.get(uri)?.version === 1);
  await c.sendNotification(rpc.DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 }, contentChanges: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "druid.processing.numMergeBuffer=2\n" }],
  });
  const found = await until(() => last.get(uri)?.version === 2 && last.get(uri).diagnostics.find((d) => d.code === "prop-unknown"));
  console.log("finds", found.code, JSON.stringify(found.range));
  const actions = await c.sendRequest(rpc.CodeActionRequest.type, { textDocument: { uri }, range: found.range, context: { diagnostics: [found] } });
  console.log("offers", actions.map((a) => a.title).join("; "));
  const symbols = await c.sendRequest(rpc.DocumentSymbolRequest.type, { textDocument: { uri } });
  console.log("begins with", symbols[0].name);
  const all = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };
  const hints = await c.sendRequest(rpc.InlayHintRequest.type, { textDocument: { uri }, range: all });
  console.log("hints", hints[0].label);
  const list = await c.sendRequest(rpc.CompletionRequest.type, { textDocument: { uri }, position: { line: 0, character: 22 } });
  console.log("completes", list.items.some((i) => i.label === "druid.processing.numMergeBuffers"));
  await c.sendRequest("textDocument/noSuch", {}).catch((e) => console.log("refuses", e.code));
  await c.sendRequest(rpc.ShutdownRequest.type);
  await c.sendNotification(rpc.ExitNotification.type);
})().catch((e) => { console.log("failed:", e); process.exit(1); });
