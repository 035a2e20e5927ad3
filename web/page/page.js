// The page. It draws what the worker answers; whatever comes from a configuration goes
// into the document as text, and nothing is kept: the address holds what the forms say
// and never what was dropped.
"use strict";

const $ = id => document.getElementById(id);

// make makes an element: make("p.faint", {title: "x"}, "text", another).
function make(what, ...parts) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const part of parts.flat(Infinity)) {
    if (part == null) continue;
    if (part instanceof Node || typeof part !== "object") element.append(part);
    else for (const [name, value] of Object.entries(part)) typeof value === "function" ? element.addEventListener(name, value) : element.setAttribute(name, value);
  }
  return element;
}

const say = text => { $("status").textContent = text; };
const count = (n, noun, many = noun + "s") => `${n.toLocaleString("en")} ${n === 1 ? noun : many}`;

// Tabs, also within results: arrows move between them.
function tabs(list, chosen) {
  const buttons = [...list.querySelectorAll("[role=tab]")];
  const choose = (button, focus) => {
    for (const other of buttons) {
      const on = other === button;
      other.setAttribute("aria-selected", on);
      other.tabIndex = on ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !on;
    }
    if (focus) button.focus();
    chosen?.(button);
  };
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => choose(button));
    button.addEventListener("keydown", event => {
      const to = {ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: -1}[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(buttons.at(to % buttons.length), true);
    });
  });
  return name => choose(buttons.find(b => b.getAttribute("aria-controls") === name) ?? buttons[0]);
}

// The address: the chosen tab and what the forms say, but for the addresses of a site,
// which are its configuration and may hold a password.
const UNSAID = ["zookeeper", "metadata", "deep-storage"];

function fieldsOf(form) {
  const said = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    const value = field.type === "checkbox" ? (field.checked ? "yes" : "") : field.value.trim();
    if (value) said[field.name] = value;
  }
  return said;
}

// blame says what is wrong by the field that it is wrong in, or else in the result.
function blame(form, result, error) {
  const field = error.field && form.elements[error.field];
  result.replaceChildren(...field ? [] : [make("p.failed", error.message)]);
  if (!field) return;
  field.setAttribute("aria-invalid", "true");
  field.closest("label").append(make("span.wrong", {role: "alert"}, error.message));
  const closed = field.closest("details");
  if (closed) closed.open = true;
}

function forgive(form) {
  form.querySelectorAll(".wrong").forEach(text => text.remove());
  form.querySelectorAll("[aria-invalid]").forEach(field => field.removeAttribute("aria-invalid"));
}

let tab = "check", settled = false; // when the forms have their lists
function remember() {
  if (!settled) return;
  const said = fieldsOf($(tab + "-form"));
  for (const name of UNSAID) delete said[name];
  if (tab === "size") for (const [name, usual] of [["workload", "balanced"], ["form", "conf"]]) if (said[name] === usual) delete said[name];
  history.replaceState(null, "", "#" + [tab, new URLSearchParams(said)].filter(part => String(part)).join("&"));
}

let showTab;
function recall() {
  const [name, ...rest] = location.hash.slice(1).split("&");
  const said = new URLSearchParams(rest.join("&"));
  if (name !== "check" && name !== "size") return showTab(tab);
  for (const field of $(name + "-form").elements) {
    if (!field.name || UNSAID.includes(field.name)) continue;
    if (field.type === "checkbox") field.checked = said.has(field.name);
    else if (field.tagName === "SELECT") field.selectedIndex = Math.max(0, [...field.options].findIndex(o => o.value === said.get(field.name)));
    else field.value = said.get(field.name) ?? "";
  }
  showTab(name);
}

// save offers a text or bytes as a file.
function save(name, data) {
  const link = make("a", {href: URL.createObjectURL(new Blob([data])), download: name.split("/").pop()});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const saveZip = async (name, files) => save(name, Uint8Array.from(atob(await ask("zip", files)), c => c.charCodeAt(0)));

const button = (text, does, what = "button.small") => make(what, {type: "button", click: does}, text);

function copyButton(text) {
  const b = button("Copy", async () => {
    try { await navigator.clipboard.writeText(text); b.textContent = "Copied"; } catch { b.textContent = "Select it and copy"; }
    setTimeout(() => { b.textContent = "Copy"; }, 2000);
  });
  return b;
}

const table = (kind, caption, head, rows) => make("div.wide", {tabindex: 0, role: "group", "aria-label": caption}, make(`table.${kind}`,
  make("caption", caption),
  make("thead", make("tr", head.map(text => make("th", {scope: "col"}, text)))),
  make("tbody", rows.map(row => make("tr", row.map(cell => make("td", cell)))))));

// Check: files come from a drop, a choice or a text.
let current; // what was checked last: paths and files

async function check() {
  if (!current) return;
  const said = fieldsOf($("check-form"));
  const facts = Object.fromEntries(["target", "deployment", "instance"].filter(name => said[name]).map(name => [name, said[name]]));
  current.request = {Paths: current.paths, Facts: facts, HA: said.ha === "yes"};
  say("Checking…");
  const mine = current, begun = performance.now();
  try {
    const answer = await ask("lint", current.request, current.files);
    if (mine !== current) return;
    forgive($("check-form"));
    drawCheck(answer);
    say(`Checked in ${Math.round(performance.now() - begun)} ms.`);
  } catch (error) {
    if (mine !== current) return;
    forgive($("check-form"));
    blame($("check-form"), $("check-result"), error);
    say("");
  }
}

function take(files) {
  if (!files.length) return say("There is no file in it.");
  const tops = [...new Set(files.map(f => f.path.split("/")[0]))];
  const folders = new Set(files.filter(f => f.path.includes("/")).map(f => f.path.split("/")[0]));
  const whole = tops.every(top => folders.has(top) || /\.(zip|tar|tgz|tar\.gz)$/i.test(top));
  current = {files, paths: tops.length === 1 || whole ? tops : ["."]};
  check();
}

const MOST = 100_000; // files and folders; more than any repository of configuration has
const tooMany = () => say(`There are more than ${count(MOST, "file")}: choose the folder of the configuration alone.`);

function chosen(list) {
  if (list.length > MOST) return tooMany();
  take([...list].map(data => ({path: data.webkitRelativePath || data.name, data})));
}

async function dropped(items) {
  const entries = [...items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return say("Drop files or a folder. Text goes into the box below: paste text.");
  const files = [], unread = [];
  let seen = 0;
  const walk = async (entry, path) => {
    if (++seen > MOST) return;
    if (entry.isFile) {
      const data = await new Promise(done => entry.file(done, () => done(null)));
      data ? files.push({path: path + entry.name, data}) : unread.push(path + entry.name);
      return;
    }
    const reader = entry.createReader();
    for (let some; seen <= MOST;) {
      some = await new Promise(done => reader.readEntries(done, () => done(null)));
      if (!some) unread.push(path + entry.name);
      if (!some?.length) return;
      for (const one of some) await walk(one, path + entry.name + "/");
    }
  };
  say("Reading the names of the files…");
  for (const entry of entries) await walk(entry, "");
  if (seen > MOST) return tooMany();
  if (unread.length) return say(`The browser cannot read ${unread[0]}${unread.length > 1 ? ` and ${count(unread.length - 1, "other")}` : ""}. Nothing was checked.`);
  take(files);
}

// kindOf finds out which file a text is.
function kindOf(text) {
  const service = /^\s*druid[._](?:plaintext)?service\s*[=:]\s*(?:\S*[/:])?(\w+)/m.exec(text)?.[1];
  const folder = ["broker", "router", "historical", "middleManager", "indexer", "coordinator", "overlord"].find(name => name.toLowerCase() === service?.toLowerCase());
  if (/^\s*"?apiVersion"?\s*:/m.test(text)) return "manifest.yaml";
  if (/^services\s*:/m.test(text)) return "compose.yaml";
  if (/^(export\s+)?druid_\w+=/m.test(text)) return "environment";
  if (/^\s*-(server|client|X|D|ea)/.test(text.replace(/^\s*#.*$/mg, ""))) return "conf/druid/historical/jvm.config";
  if (folder) return `conf/druid/${folder}/runtime.properties`;
  return "conf/druid/_common/common.runtime.properties";
}

function paste() {
  const text = $("paste").value;
  if (!text.trim()) return say("There is no text to check.");
  const path = $("paste-as").value || kindOf(text);
  current = {files: [{path, data: new Blob([text])}], paths: [path]};
  check();
}

const EXAMPLE = {
  "conf/druid/_common/common.runtime.properties": 'druid.extensions.loadList=["druid-s3-extensions", "druid-kafka-indexing-servce", "mysql-metadata-storage"]\ndruid.zk.service.host=zk1.internal,zk2.internal\ndruid.metadata.storage.type=mysql\ndruid.metadata.storage.connector.connectURI=jdbc:mysql://db.internal/druid\ndruid.metadata.storage.connector.user=druid\ndruid.metadata.storage.connector.password=not-shown\ndruid.storage.type=s3\ndruid.storage.bucket=druid\n',
  "conf/druid/historical/runtime.properties": "druid.service=druid/historical\ndruid.port=8083\ndruid.processing.numThreads=7\ndruid.processing.numMergeBuffers=2\ndruid.processing.buffer.sizeBytes=536870912\ndruid.server.http.numThread=40\n",
  "conf/druid/historical/jvm.config": "-server\n-Xms8g\n-Xmx4g\n-XX:MaxDirectMemorySize=4g\n-Duser.timezone=UTC\n",
  "conf/druid/broker/runtime.properties": "druid.service=druid/broker\ndruid.port=8082\ndruid.broker.http.numConnections=50\ndruid.processing.buffer.sizeBytes=500MB\n",
};

function drawCheck(a) {
  const report = a.Report, s = report.summary;
  const outcome = s.errors + s.warnings + s.infos === 0 ? "Nothing was found" : [[s.errors, "error"], [s.warnings, "warning"], [s.infos, "info"]].filter(([n]) => n).map(([n, noun]) => count(n, noun)).join(", ");
  const about = report.trees.map(t => make("p.faint", `${t.path}: `, make("strong", t.target), `, ${t.targetReason.replace("pass --target", "say the release above").replace("by --target", "above")}. ${t.deployment === "unknown" ? "Whether it runs on one machine or several is not known" : `Runs as ${t.deployment}`}${t.deploymentReason ? `: ${t.deploymentReason}` : ""}.`));
  const parts = {findings: ["Findings", drawFindings(a)], values: ["Values", drawValues(a.Trees)], ports: ["Ports", drawPorts(a.Trees)]};
  const list = make("div", {role: "tablist", "aria-label": "Results"}, Object.entries(parts).map(([id, [title]]) => make("button", {role: "tab", type: "button", id: `tab-${id}`, "aria-controls": id}, title)));
  $("check-result").replaceChildren(
    make("h2", {tabindex: -1}, "Result"), make("p.outcome", outcome), make("p.faint", `${count(s.files, "file")}, ${count(s.services, "process", "processes")}`), ...about,
    make("p.buttons", a.Fixes ? button(`Download the files with ${count(a.Fixes, "safe fix", "safe fixes")}`, saveFixed) : null, button("Download the findings as JSON", () => save("findings.json", JSON.stringify(report, null, 2)))),
    list, ...Object.entries(parts).map(([id, [, content]]) => make("div", {id, role: "tabpanel", "aria-labelledby": `tab-${id}`}, content)));
  tabs(list)("findings");
  $("check-result").querySelector("h2").focus({preventScroll: true});
  $("check-result").scrollIntoView();
}

async function saveFixed() {
  try {
    const files = await ask("fixed", current.request, current.files);
    files.length === 1 ? save(files[0].Path, files[0].Text) : await saveZip("fixed.zip", files);
  } catch (error) { say(error.message); }
}

const PAGE = 200; // cards that are drawn at once

function drawFindings(a) {
  const cards = a.Cards ?? [];
  if (!cards.length) return make("p", "Nothing was found.");
  const list = make("div"), shown = make("p.faint", {role: "status"});
  const box = name => make("input", {type: "checkbox", value: name, checked: "", change: () => draw(PAGE)});
  const boxes = ["error", "warning", "info"].filter(name => cards.some(c => c.Severity === name)).map(name => [name, box(name)]);
  const search = make("input", {type: "search", placeholder: "file, rule, property, text", "aria-label": "Filter the findings", input: () => draw(PAGE)});
  const texts = cards.map(c => JSON.stringify(c).toLowerCase());
  function draw(most) {
    const on = boxes.filter(([, b]) => b.checked).map(([name]) => name), words = search.value.toLowerCase().split(/\s+/);
    const fit = cards.filter((c, i) => on.includes(c.Severity) && words.every(w => texts[i].includes(w)));
    list.replaceChildren(...fit.slice(0, most).map(c => drawCard(c, a.Rules[c.Rule])), fit.length > most ? button(`Show ${count(fit.length - most, "more finding")}`, () => draw(Infinity)) : "");
    shown.textContent = fit.length === cards.length ? "" : `Showing ${fit.length} of ${count(cards.length, "finding")}`;
  }
  draw(PAGE);
  return [make("div.filter", boxes.map(([name, b]) => make("label", b, ` ${name}s`)), search), shown, list];
}

function drawCard(c, rule) {
  const excerpt = e => e && make("pre", {tabindex: 0}, make("span.line", `${e.Line} | `), e.Before, make("mark", e.Marked), e.After);
  const after = h => h.Lines.filter(l => l[0] !== "-").map(l => l.slice(1)).join("\n");
  const hunks = (c.Hunks ?? []).map(h => [
    make("div.fix", make("span", `${c.FixTitle}: `, make("span.place", h.Place)), after(h) ? copyButton(after(h)) : null),
    make("pre", {tabindex: 0}, h.Lines.map(l => l[0] === "+" ? make("ins", l) : l[0] === "-" ? make("del", l) : l + "\n")),
  ]);
  return make(`article.${c.Severity}`,
    make("h3", make("span.severity", `${c.Severity}: `), c.Message),
    (c.Places ?? []).map(p => [make("p.place", [p.Place, p.Note].filter(Boolean).join(": ")), excerpt(p.Excerpt)]),
    make("dl", (c.Details ?? []).map(d => [make("dt", d.Label), make("dd", d.Lines.join("\n"))])),
    hunks,
    rule && make("details", make("summary", make("code", c.Rule)), make("dl", Object.entries({What: rule.Title, Why: rule.Why, Effect: rule.Effect, Fix: rule.Fix, Source: rule.Source}).filter(([, text]) => text).map(([label, text]) => [make("dt", label), make("dd", text)]))));
}

const origin = o => o.file ? [o.file, o.line].filter(Boolean).join(":") : o.formula ? `default: ${o.formula}` : o.kind;

const ROWS = 2000; // values that are drawn at once

function drawValues(trees) {
  const list = make("div");
  const search = make("input", {type: "search", placeholder: "a part of a key, such as processing", "aria-label": "Filter the values", input: () => drawUpTo(ROWS)});
  function drawUpTo(most) {
    const wanted = search.value.toLowerCase().trim();
    let left = most, hidden = 0;
    list.replaceChildren(...trees.flatMap(t => t.Effective.processes.map(p => {
      const rows = p.values.filter(v => v.key.toLowerCase().includes(wanted)).map(v => [v.key, v.value ?? "not known", [v.reading, origin(v.origin), v.overridden.length && `overrides ${v.overridden.map(o => `${o.value} in ${origin(o.origin)}`).join(", ")}`, v.unread && "not read by this process"].filter(Boolean).join("; ")]);
      const flags = p.flags.filter(f => f.flag.toLowerCase().includes(wanted)).map(f => [f.flag, "", [f.reading, origin(f.origin)].filter(Boolean).join("; ")]);
      const fit = rows.concat(flags), all = fit.slice(0, left);
      left -= all.length;
      hidden += fit.length - all.length;
      return all.length ? table("values", [p.service, p.dir].filter(Boolean).join(", "), ["key", "value", "from"], all) : "";
    })));
    if (hidden) list.append(button(`Show ${count(hidden, "more value")}`, () => drawUpTo(most + 10 * ROWS)));
    if (!list.textContent) list.replaceChildren(make("p", "No value has such a key."));
  }
  drawUpTo(ROWS);
  return [make("div.filter", search), list];
}

const drawPorts = trees => trees.map(t => [["Who listens", t.Listeners], ["Who calls whom", t.Flows]].map(([title, rows]) => rows.length > 1 ? table("ports", trees.length > 1 ? `${title} in ${t.Path}` : title, rows[0], rows.slice(1)) : make("p", `${title}: nothing is known.`)));

// Size: every change of the form makes a new plan.
let sizing = 0;

async function size() {
  const said = fieldsOf($("size-form")), mine = ++sizing, result = $("size-result");
  if (!said.instance && !said.cores && !said.memory) {
    forgive($("size-form"));
    result.replaceChildren(make("p.faint", "Name an instance type, or cores and memory: heap, direct memory, threads, caches and connections of each process follow, with their formulas and the files."));
    return;
  }
  const form = said.form ?? "conf";
  try {
    const a = await ask("size", {
      Target: said.target ?? "druid-33", Role: said.role, Service: said.service, Instance: said.instance, Memory: said.memory, Disk: said.disk,
      Cores: said.cores, Brokers: said.brokers, DataServers: said["data-servers"], Workload: said.workload, NoCache: said.nocache === "yes",
      Form: form, ZooKeeper: said.zookeeper, Metadata: said.metadata, DeepStorage: said["deep-storage"],
    });
    if (mine !== sizing) return;
    forgive($("size-form"));
    result.replaceChildren(...drawPlan(a, form));
    say("");
  } catch (error) {
    if (mine !== sizing) return;
    forgive($("size-form"));
    blame($("size-form"), result, error);
  }
}

const bytes = n => n >= 2 ** 30 ? `${(n / 2 ** 30).toFixed(1).replace(/\.0$/, "")} GiB` : `${Math.round(n / 2 ** 20)} MiB`;

function drawPlan({Plan: plan, Files: files, Todo: todo}, form) {
  const notes = list => list?.length ? make("ul", list.map(text => make("li", text))) : null;
  const steps = list => make("ol", (list ?? []).map(s => make("li", s.Text ?? s.text, (s.Commands ?? s.commands)?.length ? make("pre", {tabindex: 0}, (s.Commands ?? s.commands).join("\n")) : null)));
  const rows = figures => figures.map(f => [f.key, f.value, [make("span", f.formula), f.source && make("span.faint", ` (${f.source})`)]]);
  const servers = plan.servers.flatMap(s => {
    const m = s.machine, kinds = new Map();
    s.map.forEach(p => kinds.set(p.kind, (kinds.get(p.kind) ?? 0) + p.bytes));
    const part = kind => kind.replaceAll(" ", "-");
    const bar = make("div.bar", {role: "img", "aria-label": `Memory: ${[...kinds].map(([kind, n]) => `${kind} ${bytes(n)}`).join(", ")}`});
    for (const p of s.map) {
      const piece = make(`i.${part(p.kind)}`, {title: `${[p.process, p.kind].filter(Boolean).join(" ")}: ${bytes(p.bytes)}`});
      piece.style.flexGrow = p.bytes;
      bar.append(piece);
    }
    return [
      make("h2", `${s.role[0].toUpperCase()}${s.role.slice(1)} server`),
      make("p.faint", [m.name, count(m.cores, "core"), bytes(m.memory)].filter(Boolean).join(", ")),
      bar, make("ul.legend", [...kinds].map(([kind, n]) => make("li", make(`span.key.${part(kind)}`), `${kind} ${bytes(n)}`))),
      ...s.processes.map(p => table("values", p.service, ["setting", "value", "formula and source"], rows(p.figures))),
      notes(s.notes),
      form === "conf" && s.setup?.length ? make("details", make("summary", "Prepare the server"), steps(s.setup)) : null,
    ].filter(Boolean);
  });
  return [
    ...servers,
    make("h2", "Files"),
    make("p.buttons", button(`Download all ${files.length} as a zip`, () => saveZip("implycheck.zip", files), "button.main")),
    ...files.map(f => make("details", make("summary", make("code", f.Path)), make("p.buttons", copyButton(f.Text), button("Download", () => save(f.Path, f.Text))), make("pre", {tabindex: 0}, f.Text))),
    make("h2", "What is left to do"), steps(todo), notes(plan.notes) ?? "",
  ];
}

// The lists: of 3,000 instance types those that fit what is typed.
let choices;
function offer(list, items) { list.replaceChildren(...items.map(([value, label]) => make("option", {value}, label ?? ""))); }
function offerInstances(typed) {
  if (choices) offer($("instances"), choices.Instances.filter(([name]) => name.toLowerCase().includes(typed.toLowerCase())).slice(0, 60));
}

function later(does, wait) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(does, wait); };
}

async function begin() {
  start();
  const options = (select, names) => select.append(...names.map(name => make("option", {value: name}, name)));
  options($("paste-as"), ["conf/druid/_common/common.runtime.properties", ...["broker", "router", "historical", "middleManager", "indexer", "coordinator", "overlord"].flatMap(s => [`conf/druid/${s}/runtime.properties`, `conf/druid/${s}/jvm.config`]), "compose.yaml", "manifest.yaml", "environment"]);
  showTab = tabs(document.querySelector("header [role=tablist]"), b => { tab = b.getAttribute("aria-controls"); remember(); if (settled && tab === "size") size(); });

  $("pick-folder").onclick = () => $("folder").click();
  $("pick-files").onclick = () => $("files").click();
  for (const id of ["folder", "files"]) {
    $(id).onchange = event => {
      chosen(event.target.files);
      event.target.value = "";
    };
  }
  $("stop").onclick = () => { worker.terminate(); start(); giveUp("Stopped before it was done."); };
  $("try").onclick = () => take(Object.entries(EXAMPLE).map(([path, text]) => ({path, data: new Blob([text])})));
  $("check-form").onsubmit = event => { event.preventDefault(); paste(); };
  $("check-form").addEventListener("change", event => { if (event.target.name) { remember(); check(); } });
  document.addEventListener("dragover", event => { event.preventDefault(); $("drop").classList.add("over"); });
  document.addEventListener("dragleave", event => { if (!event.relatedTarget) $("drop").classList.remove("over"); });
  document.addEventListener("drop", event => {
    event.preventDefault();
    $("drop").classList.remove("over");
    showTab("check");
    dropped(event.dataTransfer.items);
  });
  $("size-form").onsubmit = event => event.preventDefault();
  $("size-form").addEventListener("input", later(() => { remember(); size(); }, 150));
  document.addEventListener("input", event => { if (event.target.getAttribute("list") === "instances") offerInstances(event.target.value); });
  window.addEventListener("hashchange", recall);

  recall();
  try {
    choices = await ask("choices");
  } catch (error) { return say(error.message); }
  offer($("targets"), choices.Targets.map(name => [name]));
  const selects = $("size-form").elements;
  options(selects.role, choices.Roles);
  options(selects.service, choices.Services);
  options(selects.form, choices.Forms);
  offerInstances("i3.");
  settled = true;
  recall();
}

begin();
