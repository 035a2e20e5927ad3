package conf_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
)

// TestMentions: which release the Dockerfile next to a tree names, and in which variable.
func TestMentions(t *testing.T) {
	for text, want := range map[string]string{
		"ENV DRUID_VERSION=0.14.2\n":        "druid-0.14.2",
		"ENV APACHE_DRUID_VERSION 0.14.2\n": "druid-0.14.2",
		"ENV IMPLY_DRUID_VERSION 2.8.10\nRUN pull-deps -c org.apache.druid.extensions.contrib:druid-parquet-extensions:0.13.0\n": "imply-2.8.10",
		"ENV ETCD_DRUID_VERSION=0.22.0\n": "imply-3.0.19", // what is assumed where nothing tells
	} {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "conf", "_common"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(text), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "conf", "_common", "common.runtime.properties"), []byte("druid.zk.service.host=zk1\n"), 0o600))
		trees, err := conf.Open(t.Context(), dir, conf.Options{})
		require.NoError(t, err)
		require.Equal(t, want, trees[0].Target.Name, text)
	}
}
