package conf

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

// TestDistributionNames has names of folders and jars as Imply and Druid give them.
func TestDistributionNames(t *testing.T) {
	for name, want := range map[string]string{
		"imply-3.0.19": "imply-3.0.19 0.15-0.15", "apache-druid-0.15.1-incubating": "druid-0.15.1 0.15-0.15", "druid-server-0.18.1.jar": "druid-0.18.1 0.18-0.18",
		"apache-druid-33.0.0": "druid-33.0.0 33-33", "druid-server-0.12.3-iap7.jar": "druid-0.12.3 0.12-0.12",
		// Imply 1.0 came with Druid 0.8, and 2.7 with 0.12.
		"imply-1.3.1": " 0.8-0.11", "imply-2.6.0": " 0.8-0.11", "imply-2.6": " 0.8-0.11", "imply-2.7.8": "imply-2.7.8 0.12-0.12",
		"druid-33.0.0": "no", "imply-": "no", "imply-x": "no", "apache-druid-99.0.0": "no", "imply-2.60": "no",
	} {
		m, ok := distributionName("x", name)
		if !ok {
			require.Equal(t, want, "no", name)
			continue
		}
		require.Equal(t, want, m.target.Name+" "+m.release.From.String()+"-"+m.release.Until.String(), name)
		require.Equal(t, "the distribution "+name, m.text)
	}
}

// TestWhatIsRead has files by their names: what is read, what may be, and what is a
// configuration by itself.
func TestWhatIsRead(t *testing.T) {
	for name, want := range map[string][2]bool{
		"conf/druid/broker/runtime.properties": {true, true}, "compose.yaml": {false, true}, "a/environment": {false, true},
		"README.md": {}, "main.go": {}, "node_modules/broker/runtime.properties": {}, ".git/compose.yaml": {},
	} {
		require.Equal(t, want, [2]bool{IsConfiguration(name), Concerns(name)}, name)
	}
	for _, name := range []string{".git", ".hg", ".svn", "node_modules", "vendor"} {
		require.False(t, Entered(name))
	}
	require.True(t, Entered("conf"))
	const druid = "services:\n  broker:\n    image: apache/druid:33.0.0\n"
	dir := write(t, map[string]string{"compose.yaml": druid, "other/compose.yaml": "services: {web: {image: nginx}}\n", "a.tar.gz": "x", "b.tar.gz/": "", "broker/runtime.properties": druid})
	for name, want := range map[string]bool{"compose.yaml": true, "other/compose.yaml": false, "broker/runtime.properties": false, "none.yaml": false} {
		require.Equal(t, want, IsForm(filepath.Join(dir, name), nil), name)
	}
	require.True(t, IsForm("none.yaml", []byte(druid)), "what an editor has, and no disk")
	for name, want := range map[string][2]bool{"a.tar.gz": {true, false}, "b.tar.gz": {}, "compose.yaml": {false, true}, "other": {}, "none.tar.gz": {}} {
		full := filepath.Join(dir, name)
		require.Equal(t, want, [2]bool{IsArchive(full), Options{}.IsFile(full)}, name)
	}
	require.True(t, Options{Overlay: map[string][]byte{"x": {}}}.IsFile("x"))
	require.True(t, IsManifest([]byte("kind: Druid\napiVersion: druid.apache.org/v1alpha1\n")))
	require.False(t, IsManifest([]byte("kind: Druid\n")))
	require.False(t, IsManifest([]byte("apiVersion: v1\n")))
}

// TestPartsOfOneCluster: folders that hold the servers of a cluster are one tree where
// together they are complete, and name one ZooKeeper.
func TestPartsOfOneCluster(t *testing.T) {
	part := func(dir, zk string, services ...string) map[string]string {
		files := map[string]string{}
		if zk != "" {
			files[dir+"/_common/common.runtime.properties"] = "druid.zk.service.host=" + zk + "\n"
		}
		for _, s := range services {
			files[dir+"/"+s+"/runtime.properties"] = ""
		}
		return files
	}
	for name, c := range map[string]struct {
		parts []map[string]string
		trees int
	}{
		"one ZooKeeper":   {[]map[string]string{part("m", "zk1", "coordinator", "overlord"), part("q", "zk1", "broker", "router"), part("d", "zk1", "historical", "middleManager")}, 1},
		"two ZooKeepers":  {[]map[string]string{part("m", "zk1", "coordinator", "overlord"), part("q", "zk2", "broker", "router"), part("d", "zk1", "historical", "middleManager")}, 3},
		"each its own":    {[]map[string]string{part("m", "localhost", "coordinator", "overlord"), part("q", "localhost", "broker", "router"), part("d", "localhost", "historical", "middleManager")}, 3},
		"two clusters":    {[]map[string]string{part("a", "zk1", "coordinator", "broker", "historical"), part("b", "zk1", "coordinator", "broker", "historical")}, 2},
		"one common file": {[]map[string]string{part("m", "", "coordinator", "overlord"), part("q", "", "broker", "router"), part("d", "", "historical", "middleManager"), {"_common/common.runtime.properties": "druid.zk.service.host=zk1\n"}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for _, p := range c.parts {
				for file, text := range p {
					files[file] = text
				}
			}
			trees, err := Open(t.Context(), write(t, files), Options{})
			require.NoError(t, err)
			require.Len(t, trees, c.trees, describe(trees, ""))
		})
	}
}

// TestConditions: a property applies where one of its conditions holds, or where what
// it asks for is not known.
func TestConditions(t *testing.T) {
	tree := openAs(t, "druid-28", map[string]string{commonFile: "druid.emitter=graphite\ndruid.a=\n", brokerFile: "druid.metadata.storage.type=${TYPE}\n", "conf/druid/router/runtime.properties": "druid.emitter=http\n"})
	p, ok := schema.Lookup("druid.emitter.graphite.hostname")
	require.True(t, ok)
	require.True(t, tree.Service("broker").Applies(p, p.Name))
	require.False(t, tree.Service("router").Applies(p, p.Name))
	for condition, want := range map[string][3]bool{ // of the Broker, the Router and the tree
		"druid.emitter=graphite":           {true, false, true},
		"druid.emitter=http":               {false, true, false},
		"druid.emitter=*":                  {true, true, true},
		"druid.a=*":                        {false, false, false},
		"druid.none=*":                     {false, false, false},
		"druid.metadata.storage.type=*":    {true, false, false},
		"druid.metadata.storage.type=a":    {false, false, false},
		"druid.enableTlsPort=false":        {true, true, true},
		"druid.enableTlsPort=*":            {false, false, false},
		"druid.metadata.storage.type=none": {false, false, false},
	} {
		require.Equal(t, want, [3]bool{tree.Service("broker").Holds(p, p.Name)(condition), tree.Service("router").Holds(p, p.Name)(condition), tree.Holds(p, p.Name)(condition)}, condition)
	}
	shared, err := os.ReadFile(tree.Common.Path)
	require.NoError(t, err)
	require.Equal(t, shared, tree.Common.Data)
	require.Len(t, tree.Readers(tree.Common), 2)
	require.Equal(t, "broker", tree.Readers(tree.Service("broker").Runtime)[0].Name)
}
