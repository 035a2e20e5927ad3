package lsp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/lint"
)

// imply is what the trees of the tests are written for.
func imply() lint.Options { return lint.Options{Facts: map[string]string{"target": "imply-3.0.19"}} }

// TestDiagnostics: a whole tree, an edit that is not saved, its version, and what is
// cleared.
func TestDiagnostics(t *testing.T) {
	dir := lay(t, cluster)
	historical := filepath.Join(dir, "conf/druid/historical/jvm.config")
	broker := filepath.Join(dir, "conf/druid/broker/runtime.properties")
	c := newClient(t, imply())
	c.initialize(dir)
	require.Contains(t, c.at(historical, 0), "3:0-26 mem-direct-insufficient")

	data, err := os.ReadFile(broker)
	require.NoError(t, err)
	c.open(broker, 1, string(data))
	before := c.at(broker, 1)
	c.change(broker, 2, change{&textRange{position{1, 0}, position{1, 0}}, "druid.processing.numThread=1\n"})
	added := slices.DeleteFunc(c.at(broker, 2), func(s string) bool { return slices.Contains(before, s) })
	require.Equal(t, []string{"1:0-26 prop-unknown"}, added)

	c.change(broker, 3, change{&textRange{position{1, 0}, position{2, 0}}, ""})
	require.Equal(t, before, c.at(broker, 3))

	c.change(broker, 4, change{nil, "# 𝒳\ndruid.service=druid/broker\n"}, change{&textRange{position{0, 4}, position{0, 4}}, "\ndruid.𝒳𝒳=1"})
	require.Contains(t, c.at(broker, 4), "1:0-10 prop-unknown", "the names count in UTF-16")

	c.close(broker)
	c.until("the file as it is saved", func() bool {
		p := c.diagnostics[broker]
		return p.Version == nil && slices.Equal(places(p.Diagnostics), before)
	})
	require.NoError(t, os.WriteFile(historical, []byte("-Xms4g\n-Xmx4g\n-XX:MaxDirectMemorySize=4g\n-Duser.timezone=UTC\n-Dfile.encoding=UTF-8\n"), 0o644))
	c.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []map[string]any{{"uri": uriOf(historical), "type": 2}}})
	c.until("what was found to be cleared", func() bool {
		return !slices.ContainsFunc(c.diagnostics[historical].Diagnostics, func(d diagnostic) bool { return d.Code == "mem-direct-insufficient" })
	})
	c.leave()
}

// TestTreeFirst: in a large workspace the tree that is typed in comes first by
// itself, and the others follow, whatever they have to do with it.
func TestTreeFirst(t *testing.T) {
	dir := lay(t, strings.ReplaceAll(cluster, "conf/", "a/conf/")+strings.ReplaceAll(cluster, "conf/", "b/conf/"))
	linted := make(chan int, 100) // by each run, how many trees
	o := imply()
	o.Progress = func(done, all int) {
		if done == all {
			linted <- all
		}
	}
	c := newClientOf(t, Options{Lint: o, longRun: 1})
	c.initialize(dir)
	broker := filepath.Join(dir, "a", brokerFile)
	historical := filepath.Join(dir, "b/conf/druid/historical/jvm.config")
	require.Contains(t, c.at(historical, 0), "3:0-26 mem-direct-insufficient")
	require.Equal(t, 2, <-linted)
	c.open(broker, 1, "druid.service=druid/broker\n")
	c.at(broker, 1)
	require.Equal(t, 2, <-linted)
	c.change(broker, 2, change{nil, "druid.service=druid/broker\ndruid.processing.numThread=1\n"})
	require.Contains(t, c.at(broker, 2), "1:0-26 prop-unknown")
	require.Contains(t, c.at(historical, 0), "3:0-26 mem-direct-insufficient")
	require.Equal(t, 1, <-linted)
	require.Equal(t, 2, <-linted)
	c.leave()
}

// TestNewFolder: a file in a folder that is not there yet is nothing to complain
// about, and neither is a workspace without any configuration.
func TestNewFolder(t *testing.T) {
	dir := lay(t, "-- README.md --\nnothing\n")
	c := newClient(t, imply())
	c.initialize(dir, filepath.Join(dir, "gone"))
	name := filepath.Join(dir, "elsewhere/conf/druid/broker/runtime.properties")
	c.open(name, 1, "druid.service=druid/broker\ndruid.processing.numThread=1\n")
	require.Contains(t, c.at(name, 1), "1:0-26 prop-unknown")
	other := filepath.Join(filepath.Dir(dir), "none/conf/druid/broker/runtime.properties")
	c.open(other, 1, "druid.service=druid/broker\n")
	var symbols []documentSymbol
	c.call("textDocument/documentSymbol", documentParams{TextDocument: textDocument{URI: uriOf(other)}}, &symbols)
	require.Empty(t, symbols)
	c.leave()
	for _, m := range c.others {
		t.Errorf("%s %s", m.Method, m.Params)
	}
}
