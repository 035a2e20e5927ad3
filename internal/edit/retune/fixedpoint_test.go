package retune_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/retune"
	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// drawPlan draws a target, a role and a machine that can do it.
func drawPlan(t *rapid.T, target schema.Target, servers []string) (sizing.Plan, bool) {
	cores := rapid.Int64Range(2, 128).Draw(t, "cores")
	machine := sizing.Machine{Cores: cores, Memory: cores * rapid.Int64Range(2, 16).Draw(t, "GiB per core") << 30}
	if rapid.Bool().Draw(t, "disk") {
		machine.Disks = []sizing.Disk{{Size: rapid.Int64Range(100, 20_000).Draw(t, "GB") * 1_000_000_000}}
	}
	request := sizing.Request{Target: target, Brokers: rapid.Int64Range(1, 5).Draw(t, "brokers")}
	for _, role := range servers {
		request.Servers = append(request.Servers, sizing.ServerRequest{Role: role, Machine: machine})
	}
	plan, err := sizing.Advise(request)
	return plan, err == nil
}

func drawTarget(t *rapid.T) (schema.Target, []string) {
	target, err := schema.ParseTarget(rapid.SampledFrom(schema.TargetNames()).Draw(t, "target"))
	require.NoError(t, err)
	servers := rapid.SampledFrom([][]string{{"data", "query", "master"}, {"data"}, {"query"}, {"master"}, {sizing.AllInOne}}).Draw(t, "servers")
	return target, servers
}

var addresses = scaffold.Addresses{ZooKeeper: "zk1.internal,zk2.internal,zk3.internal", Metadata: "mysql://db.internal/druid", DeepStorage: "s3://acme/druid"}

// files are those of a plan, by path.
func files(t *rapid.T, plan sizing.Plan) map[string]string {
	site, err := scaffold.ParseSite(addresses)
	require.NoError(t, err)
	texts := map[string]string{}
	for _, f := range scaffold.Files(plan, site) {
		texts[f.Path] = f.Text
	}
	return texts
}

// pack opens files as a tree: from an archive, which is much faster than a
// folder.
func pack(t *rapid.T, files map[string]string, target string) *conf.Tree {
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for name, text := range files {
		w, err := archive.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	f, err := os.CreateTemp("", "implycheck-*.zip")
	require.NoError(t, err)
	defer os.Remove(f.Name())
	_, err = f.Write(b.Bytes())
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return open(t, f.Name(), target)
}

// Sizing what sizing wrote changes nothing.
func TestOwnOutputIsAFixedPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target, servers := drawTarget(t)
		plan, ok := drawPlan(t, target, servers)
		if !ok {
			return
		}
		changes, notes := retune.Apply(pack(t, files(t, plan), target.Name), plan)
		require.Empty(t, notes)
		text, _ := retune.Diff(changes)
		require.Empty(t, text)
	})
}

// A tree for one machine, sized for another: the second time nothing changes,
// and lint finds nothing more than in a tree written for that machine.
func TestOtherMachines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target, servers := drawTarget(t)
		before, ok := drawPlan(t, target, servers)
		after, fits := drawPlan(t, target, servers)
		if !ok || !fits {
			return
		}
		texts := files(t, before)
		tree := pack(t, texts, target.Name)
		changes, notes := retune.Apply(tree, after)
		require.Empty(t, notes)
		for _, c := range changes {
			texts[strings.TrimPrefix(c.Path, tree.Path+"/")] = string(c.After)
		}
		require.Len(t, texts, len(files(t, before)), "a change has a path of its own")
		changed := pack(t, texts, target.Name)
		changes, _ = retune.Apply(changed, after)
		text, _ := retune.Diff(changes)
		require.Empty(t, text)
		require.Subset(t, found(pack(t, files(t, after), target.Name)), found(changed))
	})
}

// found are the rules that find something worse than advice.
func found(tree *conf.Tree) []string {
	list := []string{}
	result, err := rules.Lint(context.Background(), tree, rules.Options{})
	if err != nil {
		panic(err)
	}
	for _, f := range result.Findings {
		if f.Severity != finding.Info {
			list = append(list, f.Rule+": "+f.Message)
		}
	}
	return list
}

// properties draws a file of the odd kinds that people write.
func properties(t *rapid.T) string {
	keys := []string{"druid.processing.numThreads", "druid.server.http.numThreads", "druid.processing.buffer.sizeBytes", "druid.cache.type", "x", "druid.segmentCache.locations"}
	values := []string{"7", " 40 ", "512MiB", "536870912", `a\\b`, "", "{{ x }}", `[{"path":"/a","maxSize"\:1}]`, "\\\n   9", "local", "…"}
	var b strings.Builder
	for range rapid.IntRange(0, 8).Draw(t, "lines") {
		if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
			b.WriteString(rapid.SampledFrom([]string{"# a comment\n", "\n", "! x\n", "  \n"}).Draw(t, "comment"))
			continue
		}
		fmt.Fprintf(&b, "%s%s%s\n", rapid.SampledFrom(keys).Draw(t, "key"), rapid.SampledFrom([]string{"=", " = ", ":", " "}).Draw(t, "separator"), rapid.SampledFrom(values).Draw(t, "value"))
	}
	text := b.String()
	text = strings.ReplaceAll(text, "\n", rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "line end"))
	if rapid.Bool().Draw(t, "open end") {
		text = strings.TrimRight(text, "\r\n")
	}
	return text
}

// Whatever the file: the plan's keys get their values, no other key changes, and
// the second time nothing does.
func TestOddFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	want := map[string]string{"druid.processing.numThreads": "7", "druid.server.http.numThreads": "60", "druid.processing.buffer.sizeBytes": "536870912", "druid.cache.type": "caffeine"}
	lines := make([]string, 0, len(want))
	for key, value := range want {
		lines = append(lines, key+"="+value)
	}
	slices.Sort(lines)
	plan := planOf(process("historical", lines...))
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "implycheck-")
		require.NoError(t, err)
		defer os.RemoveAll(dir)
		lay(t, dir, map[string]string{
			"druid/_common/common.runtime.properties": properties(t), "druid/broker/runtime.properties": properties(t),
			"druid/historical/runtime.properties": properties(t), "druid/historical/jvm.config": "",
		})
		old := open(t, dir, "druid-34")
		apply(t, dir, "druid-34", plan)
		tree := open(t, dir, "druid-34")
		for _, name := range []string{"broker", "historical"} {
			was, is := old.Service(name), tree.Service(name)
			for _, key := range append(was.Keys(), is.Keys()...) {
				value := is.Get(key)
				if wanted, ok := want[key]; ok && name == "historical" && was.Get(key).Text != value.Text {
					require.Equal(t, wanted, value.Text)
				} else {
					require.Equal(t, was.Get(key).Text, value.Text, "%s of %s", key, name)
				}
			}
		}
		for key, wanted := range want {
			v := tree.Service("historical").Get(key)
			if a, ok := v.Int64(); ok && v.Known() {
				require.Equal(t, wanted, fmt.Sprint(a))
			} else {
				require.True(t, syntax.HasPlaceholder(v.Text) || v.Text == wanted, "%s=%s", key, v.Text)
			}
		}
	})
}
