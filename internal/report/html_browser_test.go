package report

import (
	"context"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// browser runs a page in headless Chromium and returns its document afterwards.
// Machines without Chromium skip the test, unless they promise to have it.
func browser(t *testing.T, address string, flags ...string) string {
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("IMPLYCHECK_BROWSER") != "" {
			t.Fatal("IMPLYCHECK_BROWSER is set, and there is no chromium")
		}
		t.Skip("there is no chromium to run the page in; on Debian: apt-get install chromium")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	flags = append(flags,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--dump-dom", address)
	cmd := exec.CommandContext(ctx, program, flags...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

// pageFile writes a page and returns its address.
func pageFile(t *testing.T, page string) string {
	file := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(file, []byte(page), 0o644))
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
}

var (
	cardTag    = regexp.MustCompile(`<article ([^>]*)>`)
	attributes = regexp.MustCompile(`data-(\w+)="([^"]*)"`)
	statusText = regexp.MustCompile(`<p id="shown" role="status">([^<]*)</p>`)
	heading    = regexp.MustCompile(`<section class="holder"( hidden="")?>\s*<h3>([^<]*)</h3>`)
)

// visible lists the rule and tree of the findings that a document shows.
func visible(document string) []string {
	var shown []string
	for _, tag := range cardTag.FindAllStringSubmatch(document, -1) {
		if strings.Contains(tag[1], `hidden=""`) {
			continue
		}
		data := map[string]string{}
		for _, a := range attributes.FindAllStringSubmatch(tag[1], -1) {
			data[a[1]] = html.UnescapeString(a[2])
		}
		shown = append(shown, data["rule"]+" "+data["tree"])
	}
	return shown
}

// TestFilterInABrowser opens the page with a filter in its address.
func TestFilterInABrowser(t *testing.T) {
	address := pageFile(t, render(t, HTML, pages(), Options{}))
	tests := []struct {
		fragment, status string
		want             []string
	}{
		{"", "Showing 8 of 10 findings", []string{
			"zk-quorum-even conf", "prop-duplicate conf", "ext-storage-not-loaded conf", "mem-direct-insufficient conf", "prop-unknown conf",
			"jvm-log-manager conf", "tree-unread conf", "prop-unknown staging/conf",
		}},
		{"#service=historical&text=DIRECT%20memory&severity=error,info", "Showing 1 of 10 findings", []string{"mem-direct-insufficient conf"}},
		{"#suppressed=yes&severity=warning&service=historical", "Showing 3 of 10 findings", []string{
			"prop-unknown conf", "sec-no-auth conf", "prop-deprecated conf",
		}},
	}
	for _, test := range tests {
		t.Run(test.fragment, func(t *testing.T) {
			t.Parallel()
			document := browser(t, address+test.fragment)
			require.Equal(t, test.want, visible(document))
			require.Equal(t, test.status, statusText.FindStringSubmatch(document)[1])
			require.NotContains(t, document, `<form id="filter" hidden`)
			for _, h := range heading.FindAllStringSubmatch(document, -1) {
				empty := true
				for _, shown := range test.want {
					_, tree, _ := strings.Cut(shown, " ")
					empty = empty && !strings.HasPrefix(h[2], tree)
				}
				if empty {
					require.NotEmpty(t, h[1], "%s is empty and stands there", h[2])
				}
			}
		})
	}
}

// driver works the controls of the page as a person would, and writes what it
// saw into the document: the address and the status after each step.
const driver = `<p id="seen"></p><script>
addEventListener("load", async () => {
  const form = document.getElementById("filter"), seen = document.getElementById("seen");
  const settle = () => new Promise(done => setTimeout(done, 300));
  const note = async () => { await settle(); seen.textContent += location.hash + " " + document.getElementById("shown").textContent + "; "; };
  form.querySelector("[value=warning]").click(); await note();
  form.rule.value = "prop-unknown"; form.rule.dispatchEvent(new Event("input", {bubbles: true})); await note();
  form.querySelector("[value=warning]").click(); await note();
  form.text.value = "a&b=c #"; form.text.dispatchEvent(new Event("input", {bubbles: true})); await note();
  form.querySelector("[type=reset]").click(); await note();
  form.suppressed.click(); await note();
  for (const hash of ["#severity=info", "#tree=staging%2Fconf", "#rule=prop-renamed"]) { location.hash = hash; await note(); }
});
</script>`

// TestControlsInABrowser: the controls filter, and the address keeps what they say.
func TestControlsInABrowser(t *testing.T) {
	t.Parallel()
	page := render(t, HTML, pages(), Options{})
	page = regexp.MustCompile(`<meta http-equiv=[^>]*>`).ReplaceAllString(page, "") // It forbids the driver.
	document := browser(t, pageFile(t, strings.Replace(page, "</body>", driver+"</body>", 1)), "--virtual-time-budget=20000")
	_, seen, _ := strings.Cut(document, `<p id="seen">`)
	seen, _, _ = strings.Cut(seen, "</p>")
	require.Equal(t, []string{
		"#severity=error%2Cinfo Showing 4 of 10 findings",
		"#severity=error%2Cinfo&rule=prop-unknown Showing 0 of 10 findings",
		"#rule=prop-unknown Showing 2 of 10 findings",
		"#rule=prop-unknown&text=a%26b%3Dc+%23 Showing 0 of 10 findings",
		" Showing 8 of 10 findings",
		"#suppressed=yes Showing 10 of 10 findings",
		"#severity=info Showing 2 of 10 findings",
		"#tree=staging%2Fconf Showing 1 of 10 findings",
		"#rule=prop-renamed Showing 0 of 10 findings",
		"",
	}, strings.Split(html.UnescapeString(seen), "; "))
}

// TestNothingRunsInABrowser: markup in a configuration is text, and what would
// run if it were not may not.
func TestNothingRunsInABrowser(t *testing.T) {
	t.Parallel()
	page := render(t, HTML, hostilePages(), Options{})
	page = strings.Replace(page, "</main>", "<script>document.title='hacked'</script></main>", 1)
	document := browser(t, pageFile(t, page))
	require.Contains(t, document, "<script>document.title='hacked'</script></main>")
	require.Contains(t, document, "<title>implycheck findings</title>")
	require.Contains(t, document, "Showing 4 of 7 findings")
	require.NotContains(t, document, "<img")
}

// TestThousandsInABrowser: a fleet's findings are filtered within a moment.
func TestThousandsInABrowser(t *testing.T) {
	t.Parallel()
	address := pageFile(t, render(t, HTML, fleet(5000), Options{}))
	document := browser(t, address+"#rule=prop-unknown&text=clusters/00042/") // Findings 420 to 429; the page repeats seven.
	require.Equal(t, []string{"prop-unknown clusters/00042/conf"}, visible(document))
}
