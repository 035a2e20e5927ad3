package conf_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
)

// opened is what a path holds: each file of each tree, with why it is not read.
func opened(t *testing.T, name string, o conf.Options) map[string]string {
	t.Helper()
	trees, err := conf.Open(t.Context(), name, o)
	require.NoError(t, err)
	all := map[string]string{}
	for _, tree := range trees {
		all[tree.Path] = tree.Target.Name + " " + tree.TargetReason
		for _, f := range tree.Files {
			all[f.Path] = f.Problem
		}
		for _, p := range tree.Problems {
			all[p.Path+" "+p.Message] = "problem"
		}
	}
	return all
}

// TestFiles: a folder, an archive and a file are the same from the disk and from a
// file system in its place, however the path is written.
func TestFiles(t *testing.T) {
	demo, err := filepath.Abs("../testdata/demo")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, os.CopyFS("imply-3.0.19", os.DirFS(demo)))
	write := func(name, text string) { require.NoError(t, os.WriteFile(name, []byte(text), 0o644)) }
	write("compose.yaml", "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    env_file: [environment]\n")
	write("environment", "druid_zk_service_host=zk1\n")
	zipped, err := os.Create("conf.zip")
	require.NoError(t, err)
	w := zip.NewWriter(zipped)
	require.NoError(t, w.AddFS(os.DirFS("imply-3.0.19")))
	require.NoError(t, w.Close())
	require.NoError(t, zipped.Close())
	for name, packed := range map[string]bool{"conf.tar": false, "conf.tgz": true} {
		var data bytes.Buffer
		w := tar.NewWriter(&data)
		require.NoError(t, w.AddFS(os.DirFS("imply-3.0.19")))
		require.NoError(t, w.Close())
		if packed {
			var small bytes.Buffer
			z := gzip.NewWriter(&small)
			_, err := z.Write(data.Bytes())
			require.NoError(t, err)
			require.NoError(t, z.Close())
			data = small
		}
		write(name, data.String())
	}
	for _, name := range []string{".", "imply-3.0.19", "imply-3.0.19/conf", "./imply-3.0.19/conf/druid", "conf.zip", "conf.tar", "conf.tgz", "compose.yaml"} {
		want := opened(t, name, conf.Options{})
		require.NotEmpty(t, want)
		require.Equal(t, want, opened(t, name, conf.Options{Files: os.DirFS(".")}), name)
	}
	require.True(t, conf.Options{Files: os.DirFS("imply-3.0.19")}.IsFile("conf/druid/broker/runtime.properties"))
	dir, rel, err := conf.Options{Files: os.DirFS("imply-3.0.19")}.Around("conf/druid/broker/runtime.properties")
	require.NoError(t, err)
	require.Equal(t, "conf druid/broker/runtime.properties", dir+" "+rel)
}

// TestFilesStay: nothing above the top of a file system is looked for, and a link in
// it is not followed.
func TestFilesStay(t *testing.T) {
	files := fstest.MapFS{
		"conf/druid/broker/runtime.properties":  {Data: []byte("druid.service=druid/broker\n")},
		"conf/druid/router/runtime.properties":  {Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink | 0o777},
		"conf/druid/overlord/jvm.config/a":      {},
		"conf/druid/indexer/runtime.properties": {Data: make([]byte, 5<<20)},
	}
	require.Equal(t, map[string]string{
		"../conf": "druid-0.16 the service indexer came with 0.16",
		"../conf/druid/broker/runtime.properties":                                              "",
		"../conf/druid/indexer/runtime.properties":                                             "is larger than 4 MiB, which no configuration file is",
		"../conf/druid/router/runtime.properties is not a regular file":                        "problem",
		"../conf/druid/overlord/jvm.config is a folder, where a file of that name is expected": "problem",
	}, opened(t, "../conf", conf.Options{Files: files}))
	_, err := conf.Open(context.Background(), "conf/druid/none", conf.Options{Files: files})
	require.EqualError(t, err, "conf/druid/none: no such file or folder")
	_, err = conf.Open(context.Background(), os.Args[0], conf.Options{Files: files})
	require.ErrorContains(t, err, "no such file or folder")
}
