package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
	"github.com/implycheck/implycheck/web"
)

const root = "../.."

// made is the folder that built has made, if it was asked to.
var made string

// built builds the page once for all tests, as make web does.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "implycheck-web-*")
	if err != nil {
		return "", err
	}
	made = dir
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(dir, os.DirFS("../page")); err != nil {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib/wasm/wasm_exec.js"))
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "wasm_exec.js"), data, 0o644); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w", "-o", filepath.Join(dir, "implycheck.wasm"), "../wasm")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.CombinedOutput()
	if err == nil {
		out, err = exec.Command("go", "run", "../pack", filepath.Join(dir, "implycheck.wasm")).CombinedOutput()
	}
	if err != nil {
		err = &exec.Error{Name: string(out), Err: err}
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(made) // of no name it removes nothing
	os.Exit(code)
}

// site is the page on this machine, and what was asked of it.
type site struct {
	*httptest.Server
	mutex sync.Mutex
	asked []string
}

func newSite(t *testing.T) *site {
	dir, err := built()
	require.NoError(t, err)
	s, handler := &site{}, pages(dir)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mutex.Lock()
		s.asked = append(s.asked, r.URL.Path)
		s.mutex.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// take drops files into the page and waits for the result.
func (p *tab) take(files map[string][]byte) {
	p.t.Helper()
	packed := map[string]string{}
	for name, data := range files {
		packed[name] = base64.StdEncoding.EncodeToString(data)
	}
	p.eval(`$("check-result").replaceChildren(); take(Object.entries(`+quoted(packed)+`).map(([path, text]) => ({path, data: new Blob([Uint8Array.from(atob(text), c => c.charCodeAt(0))])})))`, nil)
	p.wait(`$("check-result").childElementCount`)
}

// filesOf are the files below a folder.
func filesOf(t *testing.T, dir, prefix string) map[string][]byte {
	files := map[string][]byte{}
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[prefix+name] = data
		return err
	}))
	return files
}

// fromCommand is what lint --format json writes for files on the disk, by its library.
func fromCommand(t *testing.T, files map[string][]byte, path string) any {
	dir := t.TempDir()
	for name, data := range files {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	t.Chdir(dir)
	r, err := lint.Run(context.Background(), lint.Options{Paths: []string{path}})
	require.NoError(t, err)
	write, err := report.Lookup("json")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, write(&out, r, report.Options{}))
	var document map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &document))
	delete(document, "tool")
	return document
}

// TestPage goes through the page as a person would, in one browser.
func TestPage(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs in another process, which the race detector does not see")
	}
	b := newBrowser(t)
	s := newSite(t)
	p := b.visit(s.URL + "/#size&instance=i3.2xlarge&role=data&target=druid-34")
	run := func(name string, f func(*testing.T)) {
		t.Run(name, func(t *testing.T) {
			b.t = t
			f(t)
		})
	}
	run("the address fills the form", func(t *testing.T) {
		p.wait(`document.querySelector("#size-result h2")`)
		var got map[string]string
		p.eval(`fieldsOf($("size-form"))`, &got)
		require.Equal(t, map[string]string{"instance": "i3.2xlarge", "role": "data", "target": "druid-34", "workload": "balanced", "form": "conf"}, got)
		p.eval(`$("size-form").elements.brokers.value = "3"; $("size-form").dispatchEvent(new Event("input", {bubbles: true}))`, nil)
		p.wait(`location.hash === "#size&instance=i3.2xlarge&role=data&target=druid-34&brokers=3"`)
	})
	s.mutex.Lock()
	loaded := len(s.asked)
	s.mutex.Unlock()
	b.mutex.Lock()
	b.asked = nil
	b.mutex.Unlock()

	demo := filesOf(t, root+"/testdata/demo/conf", "conf/")
	run("findings are those of the command", func(t *testing.T) { sameFindings(t, p, demo) })
	run("plans are those of the command", func(t *testing.T) { samePlans(t, p) })
	run("hostile names and texts are text", func(t *testing.T) { hostile(t, p) })
	run("the release is said in the form", func(t *testing.T) {
		for release, want := range map[string]string{"": "say the release above to be sure", "druid-33": "druid-33, given above."} {
			p.eval(`$("check-form").elements.target.value = `+quoted(release), nil)
			p.take(map[string][]byte{"conf/druid/broker/runtime.properties": []byte("druid.port=1\n")})
			var about string
			p.eval(`$("check-result").querySelector("p.faint + p.faint").textContent`, &about)
			require.Contains(t, about, want)
			require.NotContains(t, about, "--")
		}
		p.eval(`$("check-form").elements.target.value = ""`, nil)
	})
	run("secrets are hidden", func(t *testing.T) { secrets(t, p) })
	run("fixed files", func(t *testing.T) {
		p.take(demo)
		var fixed []web.Download
		p.eval(`ask("fixed", current.request, current.files)`, &fixed)
		require.NotEmpty(t, fixed)
		for _, f := range fixed {
			require.NotEqual(t, string(demo[f.Path]), f.Text)
		}
	})
	run("files and folders are dropped and chosen", func(t *testing.T) { dropping(t, p) })
	run("wrong input is said by its field", func(t *testing.T) { wrongInput(t, p) })
	run("the address holds no configuration", func(t *testing.T) { unsaid(t, p) })
	run("keys lead to a result", func(t *testing.T) { keys(t, p) })
	run("nothing is asked for after the page is there", func(t *testing.T) {
		s.mutex.Lock()
		require.Len(t, s.asked, loaded, "%v", s.asked)
		s.mutex.Unlock()
		b.mutex.Lock()
		require.Empty(t, b.asked)
		b.mutex.Unlock()
		var connects string
		p.eval(`fetch("https://example.org/").then(() => "yes", () => "no")`, &connects)
		require.Equal(t, "no", connects)
	})
	run("the keyboard moves between tabs", func(t *testing.T) {
		var focused string
		p.eval(`$("tab-check").click(); $("tab-check").focus(); document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})); document.activeElement.id + " " + $("size").hidden`, &focused)
		require.Equal(t, "tab-size false", focused)
	})
	run("fits on a phone", func(t *testing.T) { fits(t, p, demo) })
	run("an engine that stops is started again", func(t *testing.T) { stopping(t, p) })
	run("accessible", func(t *testing.T) { accessible(t, p) })
	run("opened as a file", func(t *testing.T) { notHere(t, p, made) })
	run("without WebAssembly", func(t *testing.T) { withoutWebAssembly(t, p, s.URL) })
}

func sameFindings(t *testing.T, p *tab, demo map[string][]byte) {
	forms := map[string][]byte{
		"site/compose.yaml": []byte("services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    env_file: [environment]\n"),
		"site/environment":  []byte("druid_zk_service_host=zk1\ndruid_proccessing_numThreads=3\nDRUID_XMX=1g\n"),
	}
	chosen := maps.Clone(demo)
	chosen["conf/.implycheck.yaml"] = []byte(`version: 1
target: druid-33
rules: {props-inline-comment: warning}
ignore:
  - {rule: zk-even-or-two-nodes, path: zk, reason: measured}
  - {rule: prop-unknown, path: none, reason: left over}
`)
	for path, files := range map[string]map[string][]byte{
		"./conf":                               chosen,
		"conf":                                 demo,
		"site":                                 forms,
		"conf.zip":                             {"conf.zip": archived(t, demo)},
		"conf/druid/broker/runtime.properties": {"conf/druid/broker/runtime.properties": demo["conf/druid/broker/runtime.properties"]},
	} {
		var got map[string]any
		if len(files) == 1 {
			p.eval(`ask("lint", {Paths: [`+quoted(path)+`]}, [{path: `+quoted(path)+`, data: new Blob([Uint8Array.from(atob(`+quoted(base64.StdEncoding.EncodeToString(files[path]))+`), c => c.charCodeAt(0))])}]).then(a => a.Report)`, &got)
		} else {
			p.take(files)
			p.eval(`ask("lint", {...current.request, Paths: [`+quoted(path)+`]}, current.files).then(a => a.Report)`, &got)
		}
		delete(got, "tool")
		require.NotEmpty(t, got["findings"], path)
		t.Run(path, func(t *testing.T) { require.Equal(t, fromCommand(t, files, path), any(got)) })
	}
}

func archived(t *testing.T, files map[string][]byte) []byte {
	var list []web.Download
	for name, data := range files {
		list = append(list, web.Download{Path: name, Text: string(data)})
	}
	data, err := web.Zip(list)
	require.NoError(t, err)
	return data
}

func samePlans(t *testing.T, p *tab) {
	for _, c := range []struct {
		request  web.SizeRequest
		instance string
	}{
		{web.SizeRequest{Target: "druid-34", Instance: "i3.2xlarge", Form: "conf", Workload: "balanced"}, "i3.2xlarge"},
		{web.SizeRequest{Target: "imply-3.0.19", Instance: "r4.2xlarge", Form: "conf", Workload: "balanced"}, "r4.2xlarge"},
	} {
		target, err := schema.ParseTarget(c.request.Target)
		require.NoError(t, err)
		i, err := sizing.LookupInstance(c.instance)
		require.NoError(t, err)
		r := sizing.Request{Target: target, Workload: sizing.Balanced}
		for _, role := range []string{sizing.Data, sizing.Query, sizing.Master} {
			r.Servers = append(r.Servers, sizing.ServerRequest{Role: role, Machine: i.Machine()})
		}
		plan, err := sizing.Advise(r)
		require.NoError(t, err)
		var out bytes.Buffer
		require.NoError(t, report.PlanJSON(&out, &plan, report.PlanOptions{}))
		var want, got any
		require.NoError(t, json.Unmarshal(out.Bytes(), &want))
		p.eval(`ask("size", `+quoted(c.request)+`).then(a => a.Plan)`, &got)
		require.Equal(t, want, got)
	}
}

func hostile(t *testing.T, p *tab) {
	const evil = `<img src=x onerror="document.title='hacked'">`
	p.take(map[string][]byte{
		"conf/druid/broker/runtime.properties":                []byte("druid.service=druid/broker\ndruid.x" + evil + "=1\ndruid.host=" + evil + "\n"),
		"conf/druid/" + evil + "/broker/runtime.properties":   []byte("druid.prot=1\n"),
		"conf/druid/_common/common.runtime.properties":        []byte("druid.extensions.loadList=[\"" + strings.ReplaceAll(evil, `"`, `'`) + "\"]\n"),
		"conf/druid/../../../../../etc/passwd":                []byte("root"),
		"conf/druid/historical/runtime.properties\u202e\x00x": []byte("druid.port=1\n"),
	})
	var seen struct {
		Title, Text     string
		Images, Scripts int
	}
	p.eval(`({Title: document.title, Text: document.body.textContent, Images: document.images.length, Scripts: document.querySelectorAll("#check-result script").length})`, &seen)
	require.Equal(t, "implycheck", seen.Title)
	require.Contains(t, seen.Text, "<img src=x onerror=")
	require.Zero(t, seen.Images+seen.Scripts)
}

// secrets are in nothing that the page shows or offers, but for the fixed files, which
// are the user's own.
func secrets(t *testing.T, p *tab) {
	const secret = "hunter2hunter2"
	p.take(map[string][]byte{
		"conf/druid/_common/common.runtime.properties": []byte("druid.metadata.storage.connector.password=" + secret + "\ndruid.zk.service.host=zk1\n" +
			"druid.s3.secretKey=" + secret + "\ndruid.metadata.storage.connector.connectURI=jdbc:postgresql://druid:" + secret + "@db/druid\n" +
			"druid.auth.authenticator.b.initialAdminPassword=" + secret + " \ndruid.metadata.storage.connector.pasword=" + secret + "\n"),
		"conf/druid/broker/runtime.properties": []byte("druid.service=druid/broker\ndruid.prot=8082\ndruid.client.https.keyStorePassword=" + secret + "\n"),
		"conf/druid/broker/jvm.config":         []byte("-Xms1g\n-Xmx1g\n-Djavax.net.ssl.trustStorePassword=" + secret + "\n-Dpassword=" + secret + "\n"),
		"conf/compose.yaml": []byte("services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    environment:\n      druid_zk_service_host: zk1\n" +
			"      druid_metadata_storage_connector_password: " + secret + "\n      POSTGRES_PASSWORD: " + secret + "\n"),
		"conf/secret.yaml": []byte("apiVersion: v1\nkind: Secret\nmetadata: {name: druid}\nstringData: {druid_metadata_storage_connector_password: " + secret + "}\ndata: {x: " +
			base64.StdEncoding.EncodeToString([]byte(secret)) + "}\n"),
	})
	var seen, offered string
	p.eval(`document.documentElement.outerHTML`, &seen)
	p.eval(`ask("lint", current.request, current.files).then(JSON.stringify)`, &offered)
	for _, text := range []string{seen, offered} {
		require.Contains(t, text, "druid.metadata.storage.connector.password")
		require.NotContains(t, text, "hunter2")
		require.NotContains(t, text, base64.StdEncoding.EncodeToString([]byte(secret)))
	}
	var fixed []web.Download
	p.eval(`ask("fixed", current.request, current.files)`, &fixed)
	require.Len(t, fixed, 1)
	require.Contains(t, fixed[0].Text, "initialAdminPassword="+secret+"\n", "the blank behind it is what was fixed")
}

// accessible has axe look at what there is to see, in light and in dark.
func accessible(t *testing.T, p *tab) {
	axe, err := os.ReadFile(root + "/bin/web/node_modules/axe-core/axe.min.js")
	if err != nil {
		if os.Getenv("IMPLYCHECK_BROWSER") != "" {
			t.Fatal("IMPLYCHECK_BROWSER is set, and there is no axe-core; see .ci/run")
		}
		t.Skip("there is no axe-core; .ci/run installs it")
	}
	p.eval(string(axe)+"\n0", nil)
	p.eval(`$("tab-check").click(); document.querySelectorAll("details").forEach(d => d.open = true); $("check-result").replaceChildren(); $("try").click()`, nil)
	p.wait(`document.querySelector("#check-result article")`)
	for scheme, rules := range map[string]string{"light": "{}", "dark": `{runOnly: ["color-contrast"]}`} {
		p.must(p.session, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
		for _, view := range []string{"tab-findings", "tab-size", "tab-values", "tab-ports"} {
			if scheme == "dark" && (view == "tab-values" || view == "tab-ports") {
				continue // tables, whose colours the plan has
			}
			var found []string
			p.eval(`$(`+quoted(view)+`).click(); (`+quoted(view)+` === "tab-size" ? size() : Promise.resolve()).then(() => axe.run(`+rules+`)).then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200) + " " + (n.any[0]?.message ?? ""))))`, &found)
			require.Empty(t, found, "%s, %s", scheme, view)
			p.eval(`$("tab-check").click()`, nil)
		}
	}
}

// fits looks for what is wider than a phone.
func fits(t *testing.T, p *tab, demo map[string][]byte) {
	p.must(p.session, "Emulation.setDeviceMetricsOverride", map[string]any{"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": true}, nil)
	p.eval(`$("tab-check").click()`, nil)
	p.take(demo)
	for _, view := range []string{"tab-findings", "tab-values", "tab-ports", "tab-size"} {
		var width int
		p.eval(`$(`+quoted(view)+`).click(); document.documentElement.scrollWidth`, &width)
		require.LessOrEqual(t, width, 360, view)
		p.eval(`$("tab-check").click()`, nil)
	}
	p.must(p.session, "Emulation.clearDeviceMetricsOverride", nil, nil)
}

// TestDownload: what everybody downloads has no CUE, no command line, no client of a
// network and no template: a line each in what go list says would be a megabyte.
func TestDownload(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the page, which has been done without -short")
	}
	cmd := exec.Command("go", "list", "-deps", "../wasm")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	require.NoError(t, err)
	dir, err := built()
	require.NoError(t, err)
	info, err := os.Stat(filepath.Join(dir, "implycheck.wasm.gz"))
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(3_050_000), "with brotli it is two thirds of that, and may be 2 MiB")
	for _, name := range strings.Fields(string(out)) {
		require.NotRegexp(t, `^(cuelang\.org|github\.com/spf13|github\.com/jaypipes|github\.com/olekukonko|net/http|crypto/|os/exec|text/template|html/template|database/)`, name)
	}
}
