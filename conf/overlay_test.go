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

// TestOverlayBeside: of a Compose file that is named alone, the files beside it count as
// the overlay has them, also one that a link leads to, one that is new, and one that is
// not there.
func TestOverlayBeside(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write := func(name, text string) { require.NoError(t, os.WriteFile(name, []byte(text), 0o644)) }
	write("compose.yaml", "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    env_file: [environment, linked]\n")
	write("environment", "druid_port=1\n")
	write("real", "druid_plaintextPort=1\n")
	write("compose.override.yaml", "services: {broker: {environment: {druid_plaintextPort: '2'}}}\n")
	require.NoError(t, os.Symlink("real", "linked"))
	values := func(overlay map[string][]byte) (list []string) {
		trees, err := Open(t.Context(), "compose.yaml", Options{Overlay: overlay})
		require.NoError(t, err)
		require.Len(t, trees, 1)
		for _, key := range []string{"druid.port", "druid.plaintextPort", "druid.tlsPort"} {
			list = append(list, trees[0].Services[0].Get(key).Text)
		}
		return list
	}
	require.Equal(t, []string{"1", "2", "8282"}, values(nil))
	require.Equal(t, []string{"3", "4", "5"}, values(map[string][]byte{
		"environment":                               []byte("druid_port=3\n"),
		filepath.Join(RealPath(dir), "real"):        []byte("druid_plaintextPort=4\ndruid_tlsPort=5\n"),
		filepath.Join(dir, "compose.override.yaml"): nil,
	}))
	require.NoError(t, os.Remove("compose.override.yaml"))
	require.Equal(t, []string{"1", "6", "8282"}, values(map[string][]byte{"./compose.override.yaml": []byte("services: {broker: {environment: {druid_plaintextPort: '6'}}}\n")}))
}
