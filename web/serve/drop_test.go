package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// written are files on the disk below a folder of their own.
func written(t *testing.T, files map[string]string) string {
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

// drop drags files and folders from the disk over the page and lets them go.
func (p *tab) drop(files ...string) { p.drag(map[string]any{"files": files}) }

func (p *tab) drag(what map[string]any) {
	p.t.Helper()
	if what["items"] == nil {
		what["items"] = []any{}
	}
	what["dragOperationsMask"] = 1
	for _, kind := range []string{"dragEnter", "dragOver", "drop"} {
		p.must(p.session, "Input.dispatchDragEvent", map[string]any{"type": kind, "x": 300, "y": 300, "data": what}, nil)
	}
}

// choose sets the files of a file picker, and waits until they are taken.
func (p *tab) choose(id string, files ...string) {
	p.t.Helper()
	var found struct{ Result struct{ ObjectID string } }
	p.must(p.session, "Runtime.evaluate", map[string]any{"expression": "$(" + quoted(id) + ")"}, &found)
	p.must(p.session, "DOM.setFileInputFiles", map[string]any{"objectId": found.Result.ObjectID, "files": files}, nil)
}

func (p *tab) clear() { p.eval(`$("check-result").replaceChildren(); say("")`, nil) }

// paths are those of the files that were checked last.
func (p *tab) paths() (list []string) {
	p.eval(`[...current.files.map(f => f.path).sort(), ...current.paths]`, &list)
	return list
}

// dropping goes through what a person does with a mouse.
func dropping(t *testing.T, p *tab) {
	disk := written(t, map[string]string{
		"conf/druid/broker/runtime.properties":         "druid.service=druid/broker\ndruid.server.http.numThread=1\n",
		"conf/druid/_common/common.runtime.properties": "druid.zk.service.host=zk1\n",
		"conf/empty/.keep":                             "",
		"environment":                                  "druid_zk_service_host=zk1\n",
		"compose.yaml":                                 "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    env_file: [environment]\n",
	})
	conf := []string{"conf/druid/_common/common.runtime.properties", "conf/druid/broker/runtime.properties", "conf/empty/.keep", "conf"}
	p.eval(`$("tab-size").click()`, nil)
	p.clear()
	p.drop(filepath.Join(disk, "conf"))
	p.wait(`$("check-result").childElementCount`)
	require.Equal(t, conf, p.paths())
	var seen string
	p.eval(`$("check").hidden + $("check-result").textContent`, &seen)
	require.Contains(t, seen, "false")
	require.Contains(t, seen, "conf/druid/broker/runtime.properties:2:1")

	p.clear()
	p.drop(filepath.Join(disk, "compose.yaml"), filepath.Join(disk, "environment"))
	p.wait(`$("check-result").childElementCount`)
	require.Equal(t, []string{"compose.yaml", "environment", "."}, p.paths())

	p.clear()
	p.choose("files", filepath.Join(disk, "compose.yaml"))
	p.wait(`$("check-result").childElementCount`)
	require.Equal(t, []string{"compose.yaml", "compose.yaml"}, p.paths())
	p.clear()
	p.choose("files", filepath.Join(disk, "compose.yaml"))
	p.wait(`$("check-result").childElementCount`) // the same again, after it was edited

	p.clear()
	p.choose("folder", filepath.Join(disk, "conf"))
	p.wait(`$("check-result").childElementCount`)
	require.Equal(t, conf, p.paths())

	p.clear()
	p.drop(t.TempDir())
	p.wait(`$("status").textContent === "There is no file in it."`)
	p.clear()
	p.drag(map[string]any{"items": []any{map[string]any{"mimeType": "text/plain", "data": "druid.port=1"}}})
	p.wait(`$("status").textContent.startsWith("Drop files or a folder.")`)
	var none int
	p.eval(`$("check-result").childElementCount`, &none)
	require.Zero(t, none)
}

// wrongInput: what is wrong is said by its field, and gone when it is right.
func wrongInput(t *testing.T, p *tab) {
	p.eval(`location.hash = "#size&instance=i3.2xlarge"`, nil)
	p.wait(`document.querySelector("#size-result h2")`)
	for _, c := range []struct{ field, wrong, says, right string }{
		{"instance", "i3.2xlrage", `unknown instance type "i3.2xlrage"`, "i3.2xlarge"},
		{"cores", "sixteen", `"sixteen": write a number from 1 to 100000`, ""},
		{"zookeeper", "zk1:port", "port", ""},
	} {
		set := func(value string) {
			p.eval(`$("size-form").elements[`+quoted(c.field)+`].value = `+quoted(value)+`; $("size-form").dispatchEvent(new Event("input", {bubbles: true}))`, nil)
		}
		set(c.wrong)
		p.wait(`$("size-form").querySelector(".wrong")`)
		var seen struct {
			Label, Result string
			Invalid       []string
			Shown         bool
		}
		p.eval(`({Label: $("size-form").querySelector(".wrong").textContent, Result: $("size-result").textContent, Shown: $("size-form").querySelector(".wrong").checkVisibility(),
			Invalid: [...$("size-form").querySelectorAll("label:has(.wrong) [aria-invalid]")].map(f => f.name)})`, &seen)
		require.Contains(t, seen.Label, c.says)
		require.NotContains(t, seen.Label, "--")
		require.Equal(t, []string{c.field}, seen.Invalid)
		require.True(t, seen.Shown, c.field)
		require.Empty(t, seen.Result)
		set(c.right)
		p.wait(`!$("size-form").querySelector(".wrong") && document.querySelector("#size-result h2")`)
	}
	p.eval(`location.hash = "#size&cores=4"`, nil)
	p.wait(`$("size-form").querySelector("label:has([name=memory]) .wrong")?.textContent.includes("such as 128GiB")`)

	p.eval(`$("check-form").elements.target.value = "druid-999"; $("tab-check").click(); $("try").click()`, nil)
	p.wait(`$("check-form").querySelector("label:has([name=target]) .wrong")?.checkVisibility()`)
	p.eval(`$("check-form").elements.target.value = ""; $("check-form").elements.target.dispatchEvent(new Event("change", {bubbles: true}))`, nil)
	p.wait(`!$("check-form").querySelector(".wrong") && document.querySelector("#check-result article")`)
}

// unsaid: an address never holds what is in a configuration.
func unsaid(t *testing.T, p *tab) {
	p.eval(`location.hash = "#size&instance=i3.2xlarge"`, nil)
	p.wait(`document.querySelector("#size-result h2")`)
	p.eval(`for (const [name, value] of Object.entries({metadata: "postgresql://druid:hunter2@db.secret/druid", zookeeper: "zk.secret:2181", "deep-storage": "s3://secret/druid", brokers: "3"}))
		$("size-form").elements[name].value = value;
		$("paste").value = "druid.host=secret"; $("size-form").dispatchEvent(new Event("input", {bubbles: true}))`, nil)
	p.wait(`location.hash === "#size&instance=i3.2xlarge&brokers=3"`)
	p.eval(`location.hash = "#size&instance=i3.2xlarge&metadata=derby"`, nil)
	p.wait(`location.hash === "#size&instance=i3.2xlarge"`)
	var kept string
	p.eval(`$("size-form").elements.zookeeper.value + $("size-form").elements.metadata.value`, &kept)
	require.Equal(t, "zk.secret:2181postgresql://druid:hunter2@db.secret/druid", kept)
	p.eval(`for (const name of UNSAID) $("size-form").elements[name].value = ""`, nil)
}

// stopping: an engine that is stopped, or that falls, is followed by another one.
func stopping(t *testing.T, p *tab) {
	var said string
	p.eval(`(async () => {
		const real = worker.postMessage;
		worker.postMessage = () => {}; // an engine that never answers
		const asks = ask("choices").then(() => "answered", error => error.message);
		while ($("stop").hidden) await new Promise(done => setTimeout(done, 20));
		$("stop").click();
		return await asks + " " + $("stop").hidden;
	})()`, &said)
	require.Equal(t, "Stopped before it was done. true", said)
	p.eval(`(async () => {
		await ask("choices");
		const asks = ask("choices").then(() => "answered", error => error.message);
		worker.onerror(Object.assign(new Event("error"), {message: "unreachable"}));
		return await asks + " " + (await ask("choices")).Targets.length;
	})()`, &said)
	require.Regexp(t, `^The check stopped, most likely because it needed more memory .* \d+$`, said)
}

// keys goes to a result without a mouse.
func keys(t *testing.T, p *tab) {
	press := func(key string, code int, text string) {
		for _, kind := range []string{"keyDown", "keyUp"} {
			p.must(p.session, "Input.dispatchKeyEvent", map[string]any{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}, nil)
		}
	}
	p.must(p.session, "Page.bringToFront", nil, nil)
	p.clear()
	p.eval(`$("tab-check").click(); $("tab-check").focus()`, nil)
	for _, want := range []string{"pick-folder", "pick-files", "try"} {
		press("Tab", 9, "")
		var at string
		p.eval(`document.activeElement.id`, &at)
		require.Equal(t, want, at)
	}
	press("Enter", 13, "\r")
	p.wait(`document.activeElement === document.querySelector("#check-result h2")`)
	var at string
	for range 5 {
		press("Tab", 9, "")
		if p.eval(`document.activeElement.id`, &at); at == "tab-findings" {
			break
		}
	}
	press("ArrowRight", 39, "")
	p.eval(`document.activeElement.id + " " + $("findings").hidden + " " + $("values").hidden`, &at)
	require.Equal(t, "tab-values true false", at)
}

// notHere: where the engine cannot run, the page says why, and what to do.
func notHere(t *testing.T, p *tab, dir string) {
	p.must(p.session, "Page.navigate", map[string]any{"url": "file://" + filepath.ToSlash(dir) + "/index.html"}, nil)
	p.wait(`document.getElementById("status")?.textContent.startsWith("This page was opened as a file")`)
	p.eval(`$("try").click()`, nil)
	p.wait(`$("check-result").textContent.startsWith("This page was opened as a file")`)
}

func withoutWebAssembly(t *testing.T, p *tab, address string) {
	p.must(p.session, "Page.enable", nil, nil)
	p.must(p.session, "Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": "delete globalThis.WebAssembly"}, nil)
	p.must(p.session, "Page.navigate", map[string]any{"url": address}, nil)
	p.wait(`document.getElementById("status")?.textContent === "The engine does not run in this browser: WebAssembly is missing or switched off. Use a current Firefox, Chrome, Edge or Safari, or implycheck on the command line."`)
}
