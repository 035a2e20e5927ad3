package lint

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// Two files of one tree are one tree, not two clusters that share everything.
func TestFilesOfOneTree(t *testing.T) {
	write(t, map[string]string{
		"conf/druid/_common/common.runtime.properties": "druid.zk.service.host=zk1,zk2\n",
		"conf/druid/broker/runtime.properties":         "druid.prot=8082\n",
		"conf/druid/historical/runtime.properties":     "druid.prot=8083\n",
	})
	r := run(t, Options{Paths: []string{
		"conf/druid/broker/runtime.properties", "conf/druid/historical/runtime.properties",
	}})
	require.Len(t, r.Trees, 1)
	require.Equal(t, 2, r.Trees[0].Files)
	var files []string
	for _, f := range r.Findings {
		if f.Property == "druid.prot" {
			files = append(files, f.File)
		}
		require.NotEqual(t, "zk-even-or-two-nodes", f.Rule, "the common file was not asked for")
	}
	require.Equal(t, []string{"conf/druid/broker/runtime.properties", "conf/druid/historical/runtime.properties"}, files)
}

// What clusters have in common is said of the files that were asked for, too.
func TestFilesOfTwoTrees(t *testing.T) {
	files := map[string]string{}
	for _, tree := range []string{"dc1", "dc2"} {
		files[tree+"/druid/_common/common.runtime.properties"] = "druid.zk.service.host=zk1:2181,zk2:2181,zk3:2181\ndruid.zk.paths.base=/druid\n"
		files[tree+"/druid/broker/runtime.properties"] = "druid.service=druid/broker\n"
	}
	write(t, files)
	for file, want := range map[string]int{"_common/common.runtime.properties": 1, "broker/runtime.properties": 0} {
		r := run(t, Options{Paths: []string{"dc1/druid/" + file, "dc2/druid/" + file}, Facts: map[string]string{"deployment": "cluster"}})
		require.Len(t, of("dc-shared-zk-namespace", r.Findings), want, file)
	}
}

// A finding elsewhere stays when it points to the file, and names it as the user.
func TestConcerns(t *testing.T) {
	place := &place{files: map[string]string{"../druid/a": "./a"}}
	at := func(file string) finding.Location { return finding.Location{File: file, Line: 1} }
	edits := []finding.Edit{{Location: at("../druid/a"), Text: "x"}}
	found := []finding.Finding{
		{Rule: "here", Location: at("../druid/a"), Fix: &finding.Fix{Edits: edits}},
		{Rule: "elsewhere", Location: at("../druid/b")},
		{Rule: "because", Location: at("../druid/b"), Related: []finding.Related{{Location: at("../druid/a")}}},
	}
	x := &tree{place: place}
	x.keep(found, []finding.Suppressed{{Finding: found[0]}, {Finding: found[1]}})
	require.Equal(t, 1, x.describe().Files)
	require.Len(t, x.findings, 2)
	require.Equal(t, "here a a", x.findings[0].Rule+" "+x.findings[0].File+" "+x.findings[0].Fix.Edits[0].File)
	require.Equal(t, "because ../druid/b a", x.findings[1].Rule+" "+x.findings[1].File+" "+x.findings[1].Related[0].File)
	require.Len(t, x.suppressed, 1)
	require.Equal(t, "../druid/a", edits[0].File, "what is shared is not changed")
}
