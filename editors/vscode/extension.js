// Starts `implycheck lsp` and restarts it when its settings change. All that is
// known of configurations is in the server.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

// The files that a configuration may be written in.
const patterns = [
  "**/*.properties", "**/{jvm,main}.config", "**/zoo.cfg", "**/supervise/*.conf", "**/*.{yaml,yml}", "**/*.env",
  "**/environment", "**/tranquility/*.json", "**/{log4j2,core-site,hdfs-site,yarn-site,mapred-site}.xml",
];

let client;

// command is what is started, by the settings.
function command() {
  const settings = vscode.workspace.getConfiguration("implycheck");
  const args = ["lsp"];
  for (const flag of ["target", "deployment"]) {
    const value = settings.get(flag);
    if (value) args.push(`--${flag}=${value}`);
  }
  return { command: settings.get("path") || "implycheck", args: args.concat(settings.get("arguments") || []) };
}

async function start() {
  const options = { documentSelector: patterns.map((pattern) => ({ scheme: "file", pattern })) };
  client = new LanguageClient("implycheck", "implycheck", command(), options);
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(`implycheck does not start: ${error.message}. Install it, or set implycheck.path.`);
  }
}

async function stop() {
  const old = client;
  client = undefined;
  if (old) await old.stop().catch(() => {}); // one that never ran has nothing to stop
}

// One restart after the other: settings may change while one is under way.
let last = Promise.resolve();
function restart() {
  last = last.then(stop).then(start);
  return last;
}

exports.activate = function (context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("implycheck.restart", restart),
    vscode.workspace.onDidChangeConfiguration((e) => { if (e.affectsConfiguration("implycheck")) return restart(); }),
  );
  return restart();
};

exports.deactivate = () => last.then(stop);
