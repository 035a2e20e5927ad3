package main

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// chromium is a headless one. Machines without it skip the test, unless they promise to
// have it.
func chromium(t *testing.T, ctx context.Context, args ...string) *exec.Cmd {
	if testing.Short() {
		t.Skip("it runs in another process, which the race detector does not see")
	}
	program, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("IMPLYCHECK_BROWSER") == "" {
		t.Skip("there is no chromium; on Debian: apt-get install chromium")
	}
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir=" + t.TempDir(),
	}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // killed, its children write on
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// TestSearchInABrowser opens the page as a file, with a query in its address.
func TestSearchInABrowser(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"search.html", marker, "search.js"} {
		text := siteOf(t)[name]
		if name == "search.js" {
			text = append(text[:len(text):len(text)], searchDriver...)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o644))
	}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(dir, "search.html")), RawQuery: "q=Not+enough+direct+memory"}
	out, err := chromium(t, t.Context(), "--dump-dom", address.String()).Output()
	require.NoError(t, err)
	seen := regexp.MustCompile(`<title>([^<]*)`).FindSubmatch(out)
	require.Equal(t, []string{
		"rules/mem-peon-direct.html", "rules/mem-direct-insufficient.html", "properties/druid.processing.numThreads.html", "properties/extensions.html#druid-kafka-indexing-service",
		"properties/java-flags.html#UseG1GC", "Nothing has all of these words.", "Write a property, a rule, a word of an error or of the guide.",
	}, strings.Split(html.UnescapeString(string(seen[1])), " | "))
}

// searchDriver types queries, and says in the title what each finds first.
const searchDriver = `
const first = () => list.querySelector("a")?.getAttribute("href") || status.textContent;
const seen = [...list.querySelectorAll("a")].slice(0, 2).map(link => link.getAttribute("href"));
for (const query of ["processing.numthreads", "druid-kafka-indexing-service", "UseG1GC", "<b> &amp;", " "]) {
  field.value = query;
  field.dispatchEvent(new Event("input"));
  seen.push(first());
}
document.title = seen.join(" | ");
`

// TestObstacles has axe look at pages of each kind, in the dark too, and asks whether
// they fit a phone.
func TestObstacles(t *testing.T) {
	axe, err := os.ReadFile("../../bin/web/node_modules/axe-core/axe.min.js")
	if err != nil && os.Getenv("IMPLYCHECK_BROWSER") == "" {
		t.Skip("there is no axe-core; .ci/run installs it")
	}
	require.NoError(t, err)
	for scheme, pages := range []string{"2 pages", "5 pages"} { // 0 is what Chromium calls the dark
		found := make(chan []string, 1)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch name := strings.TrimPrefix(r.URL.Path, "/"); name {
			case "axe.js":
				_, _ = w.Write(axe)
			case "look.html":
				_, _ = w.Write([]byte(obstacleDriver))
			case "found":
				var list []string
				_ = json.NewDecoder(r.Body).Decode(&list)
				found <- list
			default:
				if strings.HasSuffix(name, ".css") {
					w.Header().Set("Content-Type", "text/css")
				}
				_, _ = w.Write(siteOf(t)[name])
			}
		}))
		ctx, cancel := context.WithCancel(t.Context())
		cmd := chromium(t, ctx, "--blink-settings=preferredColorScheme="+strconv.Itoa(scheme), "--remote-debugging-port=0", server.URL+"/look.html")
		require.NoError(t, cmd.Start())
		select {
		case list := <-found:
			require.Equal(t, []string{"looked at " + pages}, list)
		case <-time.After(3 * time.Minute):
			t.Error("no answer")
		}
		cancel()
		_ = cmd.Wait()
		server.Close()
	}
}

// obstacleDriver opens pages in a frame as narrow as a phone.
const obstacleDriver = `<!doctype html><title>look</title><iframe width="360" height="740"></iframe><script>
const frame = document.querySelector("iframe"), found = [];
const open = address => new Promise(done => { frame.onload = done; frame.src = address; });
(async () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const pages = ["guide.html", "search.html?q=memory", "rules/mem-direct-insufficient.html", "properties/druid.processing.buffer.sizeBytes.html",
    "security.html"].slice(0, dark ? 2 : 5);
  for (const name of pages) {
    await open(name);
    const inside = frame.contentWindow, script = inside.document.createElement("script");
    const wide = inside.document.documentElement.scrollWidth;
    if (wide > 360) found.push(name + " is " + wide + " wide");
    await new Promise((done, failed) => { script.onload = done; script.onerror = failed; script.src = "/axe.js"; inside.document.head.append(script); });
    for (const v of (await inside.axe.run(dark ? {runOnly: ["color-contrast"]} : {})).violations) found.push(name + ": " + v.id + ": " + v.nodes[0].html.slice(0, 200));
  }
  found.push("looked at " + pages.length + " pages");
})().catch(e => found.push(String(e))).finally(() => fetch("/found", {method: "POST", body: JSON.stringify(found)}));
</script>`
