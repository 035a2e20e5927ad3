package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/lint/policy"
	"github.com/implycheck/implycheck/schema"
)

// Values are typed as their properties are, not as they look.
func TestTypes(t *testing.T) {
	for _, c := range []struct {
		key, text string
		want      any
	}{
		{"druid.server.http.numThreads", "60", 60.0},
		{"druid.server.http.numThreads", "sixty", "sixty"},
		{"druid.processing.buffer.sizeBytes", "512MiB", 536870912.0},
		{"druid.processing.buffer.sizeBytes", "1G", 1e9},
		{"druid.server.maxSize", "300000000000", 3e11},
		{"druid.emitter.http.batchingStrategy", "ARRAY", "ARRAY"},
		{"druid.host", "10", "10"},
		{"druid.broker.cache.useCache", "true", true},
		{"druid.broker.cache.useCache", "yes", "yes"},
		{"druid.extensions.loadList", `["a", "b"]`, []any{"a", "b"}},
		{"druid.extensions.loadList", `["a"`, `["a"`},
		{"druid.acme.number", "7", 7.0},
		{"druid.acme.flag", "false", false},
		{"druid.acme.object", `{"a":{"password":"geheim","n":1.5,"none":null}}`, map[string]any{"a": map[string]any{"password": "****", "n": 1.5, "none": nil}}},
		{"druid.acme.password", "geheim", "****"},
		{"druid.acme.password", `{"type":"environment","variable":"X"}`, map[string]any{"type": "environment", "variable": "X"}},
		{"druid.acme.password", `{"type":"default","password":"geheim"}`, map[string]any{"type": "default", "password": "****"}},
		{"druid.acme.url", "jdbc:x://u:geheim@h/d", "jdbc:x://u:****@h/d"},
		{"druid.acme.placeholder", "${x}", nil},
	} {
		t.Run(fmt.Sprintf("%s=%s", c.key, c.text), func(t *testing.T) {
			tree := broker(t, c.key+"="+c.text+"\n")
			data, err := policy.Export(tree, "cluster", "json")
			require.NoError(t, err)
			var root map[string]map[string]any
			require.NoError(t, json.Unmarshal(data, &root))
			assert.Equal(t, c.want, root["broker"][c.key])
		})
	}
}

func TestExportUnknownFormat(t *testing.T) {
	_, err := policy.Export(broker(t, ""), "cluster", "xml")
	assert.EqualError(t, err, `unknown "xml": write one of cue, json, yaml`)
}

// broker is a tree of one Broker, of Druid 28.
func broker(t *testing.T, properties string) *conf.Tree {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "conf")
	folder := filepath.Join(dir, "druid", "broker")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "runtime.properties"), []byte(properties), 0o600))
	target, err := schema.ParseTarget("druid-28")
	require.NoError(t, err)
	trees, err := conf.Open(t.Context(), dir, conf.Options{Target: &target})
	require.NoError(t, err)
	return trees[0]
}
