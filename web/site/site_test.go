package main

import (
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// built is the site of this repository.
var built = sync.OnceValues(newSite("../..", "1.2.3").compose)

func siteOf(t *testing.T) map[string][]byte {
	texts, err := built()
	require.NoError(t, err)
	return texts
}

func TestEveryRuleAndPropertyHasAPage(t *testing.T) {
	texts := map[string]string{}
	for name, text := range siteOf(t) {
		texts[name] = html.UnescapeString(strings.ReplaceAll(string(text), "<wbr>", ""))
	}
	holds := func(name string, words ...string) {
		for _, word := range words {
			if !strings.Contains(texts[name], word) {
				t.Errorf("%s does not say %q", name, word)
			}
		}
	}
	all := rules.All()
	for _, c := range preflight.All() {
		all = append(all[:len(all):len(all)], &c.Rule)
	}
	require.Greater(t, len(all), 300)
	for _, r := range all {
		holds("rules/"+r.ID+".html", "<h1", r.ID)
		holds("rules/index.html", `"`+r.ID+`.html"`)
	}
	for _, p := range schema.Properties() {
		holds(propertyPath(&p), p.Name, p.Doc)
		for _, f := range report.PropertyFacts(&p) {
			holds(propertyPath(&p), f.Name, f.Text)
		}
		holds("properties/index.html", strings.TrimPrefix(propertyPath(&p), "properties/"))
	}
	for _, e := range schema.Extensions() {
		holds("properties/extensions.html", `id="`+e.Name+`"`)
	}
}

// TestPropertyPage reads one page whole: both sides of each release that changed it,
// and what its rules say.
func TestPropertyPage(t *testing.T) {
	page := regexp.MustCompile(`<[^>]*>|\s+`).ReplaceAllString(string(siteOf(t)["properties/druid.processing.buffer.sizeBytes.html"]), " ")
	page = regexp.MustCompile(` +`).ReplaceAllString(html.UnescapeString(page), " ")
	for _, want := range []string{
		"0.12 - 0.13 int 1073741824 0.14 - 0.19 int min(1 GiB,", "0.20 - 38 bytes min(1 GiB,", "in 28 or later: at most 2147483647", "in 0.20 to 27: at most 2147483647; another value is accepted at start",
		"middleManager, peon, broker, historical, indexer", "proved by the classes of 0.12", "mem-direct-insufficient", "schema/processing.cue, line",
	} {
		require.Contains(t, page, want)
	}
}

// TestLimits has each form of a condition, and both kinds of releases.
func TestLimits(t *testing.T) {
	tests := map[string]string{
		"druid.emitter.kafka.request.topic":              "required where druid.emitter is kafka and druid.emitter.kafka.event.types lists requests: without it the process stops at start",
		"druid.serverview.type":                          "in 38: any value but http stops the process at start",
		"druid.msq.intermediate.storage.type":            "a value that is not in the list stops the process at start",
		"druid.cache.l2.sizeInBytes":                     "a value of type long, at least 0 where druid.cache.l2.type is local",
		"druid.indexer.autoscale.workerVersion":          "required where druid.indexer.autoscale.doAutoscale is true: without it Druid silently does something else",
		"druid.coordinator.loadqueuepeon.http.batchSize": "in 33 or later: at least 1",
	}
	for name, want := range tests {
		p, ok := schema.Lookup(name)
		require.True(t, ok)
		require.Contains(t, strings.Join(limitsOf(p), "\n"), want)
	}
}

// TestReleasePage has both sides of 0.20, in which sizes got units.
func TestReleasePage(t *testing.T) {
	r := releaseOf(20)
	require.Contains(t, r.Imply, "imply-4.0")
	var changed []string
	for _, c := range r.Changed {
		changed = append(changed, c.Name)
	}
	require.Contains(t, changed, "druid.processing.buffer.sizeBytes")
	require.Len(t, releaseOf(19).All, len(r.All)-len(r.New)+len(r.Gone))
	require.Empty(t, releaseOf(schema.Oldest).New)
	page := string(siteOf(t)[releasePath(20)])
	for _, row := range r.All {
		require.Contains(t, page, `"`+row.URL+`"`)
	}
}

// TestPages holds every page to what a browser without scripts and a reader of the
// screen need, and to asking no other host.
func TestPages(t *testing.T) {
	ids := regexp.MustCompile(` id="([^"]*)"`)
	resources := regexp.MustCompile(`<(?:link|script|img|iframe)[^>]* (?:href|src)="(?:https?:)?//`)
	for name, text := range siteOf(t) {
		if filepath.Ext(name) != ".html" {
			continue
		}
		page := string(text)
		require.Equal(t, 1, strings.Count(page, "<h1"), name)
		require.Equal(t, 1, strings.Count(page, "<main"), name)
		require.Contains(t, page, "default-src 'none'", name)
		require.Empty(t, resources.FindString(page), name)
		require.Equal(t, name == "search.html", strings.Contains(page, "<script"), name)
		seen := map[string]bool{}
		for _, id := range ids.FindAllStringSubmatch(page, -1) {
			require.False(t, seen[id[1]], "%s has %s twice", name, id[1])
			seen[id[1]] = true
		}
	}
}

func TestBrokenLinks(t *testing.T) {
	page := func(links string) []byte { return []byte(`<p id="here">` + links + `</p>`) }
	require.Equal(t, []string{"a/b.html: ../c.html#gone", "a/b.html: d.html"}, brokenLinks(map[string][]byte{
		"a/b.html": page(`<a href="../c.html#here"></a><a href="../c.html#gone"></a><a href="d.html"></a><a href="#here"></a><a href="https://x/"></a>`),
		"c.html":   page(`<a href="a/b.html"></a><a href="../index.html"></a>`),
	}))

	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "README.md"), []byte("# A\n\nSee [b](docs/b.md), and [c](LICENSE).\n"), 0o644))
	s := newSite(root, "")
	require.NoError(t, s.documents())
	require.Equal(t, []string{"index.html: docs/b.md", "index.html: LICENSE"}, s.broken)
}

// TestOnlyASiteIsReplaced: a wrong folder on the command line loses nothing.
func TestOnlyASiteIsReplaced(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "letter"), nil, 0o644))
	require.ErrorContains(t, clear(dir), "holds something else than a site")
	require.FileExists(t, filepath.Join(dir, "letter"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, marker), nil, 0o644))
	require.NoError(t, clear(dir))
	require.NoDirExists(t, dir)
}

func TestSearchIndex(t *testing.T) {
	text, ok := strings.CutPrefix(string(siteOf(t)[marker]), "const searchIndex =\n")
	require.True(t, ok)
	var index [][4]string
	require.NoError(t, json.Unmarshal([]byte(text), &index))
	kinds := map[string]int{}
	for _, e := range index {
		kinds[e[0]]++
	}
	require.Equal(t, len(schema.Properties()), kinds["property"])
	require.Equal(t, len(rules.All())+len(preflight.All()), kinds["rule"])
	require.Greater(t, kinds["page"], 80)
	require.Less(t, len(text), 1<<20)
}
