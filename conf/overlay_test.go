package conf

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write("conf/_common/common.runtime.properties", "druid.zk.service.host=disk")
	write("conf/broker/runtime.properties", "druid.host=disk")
	write("conf/router/runtime.properties", "druid.host=disk")
	require.NoError(t, os.Symlink("../broker/runtime.properties", filepath.Join(dir, "conf/router/linked.runtime.properties")))
	require.NoError(t, os.Symlink("../broker/runtime.properties", filepath.Join(dir, "conf/router/broker.runtime.properties")))
	t.Chdir(dir)

	texts := func(name string, overlay map[string][]byte) map[string]string {
		trees, err := Open(t.Context(), name, Options{Overlay: overlay})
		require.NoError(t, err)
		texts := map[string]string{}
		for _, tree := range trees {
			for _, f := range tree.Files {
				texts[f.Path] = string(f.Data)
			}
		}
		return texts
	}
	require.Equal(t, map[string]string{
		"conf/_common/common.runtime.properties": "druid.zk.service.host=disk",
		"conf/broker/runtime.properties":         "druid.host=edited",
		"conf/router/broker.runtime.properties":  "druid.host=edited",
		"conf/historical/runtime.properties":     "druid.host=new",
	}, texts("conf", map[string][]byte{
		"./conf/broker/runtime.properties":                     []byte("druid.host=edited"),
		filepath.Join(dir, "conf/router/runtime.properties"):   nil,
		"conf/historical/runtime.properties":                   []byte("druid.host=new"),
		"conf/historical/README":                               []byte("no configuration"),
		"conf/node_modules/broker/runtime.properties":          []byte("skipped"),
		filepath.Join(dir, "other/broker/runtime.properties"):  []byte("not below the path"),
		filepath.Join(dir, "conf/overlord/runtime.properties"): nil,
	}))
	require.Equal(t, map[string]string{"conf/broker/runtime.properties": ""},
		texts("conf/broker/runtime.properties", map[string][]byte{"conf/broker/runtime.properties": {}}))
}
