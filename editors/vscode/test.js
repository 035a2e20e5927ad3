// The extension in a host that is made up: node test.js
const assert = require("assert");
const Module = require("module");

const settings = { path: "", target: "imply-3.0.19", deployment: "", arguments: ["--no-config"] };
const clients = [], errors = [], commands = {};
let changed, failing = false;
class LanguageClient {
  constructor(id, name, server, options) { Object.assign(this, { id, server, options, running: false }); clients.push(this); }
  async start() { if (failing) throw new Error("ENOENT"); this.running = true; }
  async stop() { if (!this.running) throw new Error("not running"); this.running = false; }
}
const stubs = {
  vscode: {
    workspace: { getConfiguration: () => ({ get: (name) => settings[name] }), onDidChangeConfiguration: (f) => { changed = f; return {}; } },
    commands: { registerCommand: (name, f) => { commands[name] = f; return {}; } },
    window: { showErrorMessage: (text) => errors.push(text) },
  },
  "vscode-languageclient/node": { LanguageClient },
};
const load = Module._load;
Module._load = (name, ...rest) => stubs[name] || load(name, ...rest);

(async () => {
  const extension = require("./extension.js");
  const context = { subscriptions: [] };
  await extension.activate(context);
  assert.equal(context.subscriptions.length, 2);
  assert.deepEqual(clients[0].server, { command: "implycheck", args: ["lsp", "--target=imply-3.0.19", "--no-config"] });
  assert(clients[0].options.documentSelector.some((s) => s.scheme === "file" && s.pattern === "**/*.properties"));
  assert(clients[0].running);

  await changed({ affectsConfiguration: () => false });
  assert.equal(clients.length, 1);
  settings.path = "/opt/implycheck";
  await changed({ affectsConfiguration: (section) => section === "implycheck" });
  assert(!clients[0].running && clients[1].running);
  assert.equal(clients[1].server.command, "/opt/implycheck");

  failing = true;
  await commands["implycheck.restart"]();
  assert.match(errors[0], /implycheck does not start: ENOENT\. Install it, or set implycheck\.path\./);
  failing = false;
  await Promise.all([commands["implycheck.restart"](), commands["implycheck.restart"]()]);
  assert.equal(clients.filter((c) => c.running).length, 1);
  await extension.deactivate();
  assert.equal(clients.filter((c) => c.running).length, 0);

  const manifest = require("./package.json");
  assert.deepEqual(Object.keys(manifest.contributes.configuration.properties).sort(), Object.keys(settings).map((s) => "implycheck." + s).sort());
  assert.deepEqual(manifest.contributes.commands.map((c) => c.command), Object.keys(commands));
  console.log("ok");
})().catch((e) => { console.error(e); process.exit(1); });
