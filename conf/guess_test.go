package conf

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

// TestPossibleReleases: what the files tell, and no more.
func TestPossibleReleases(t *testing.T) {
	for name, c := range map[string]struct {
		files    map[string]string
		target   string
		possible schema.Range
	}{
		"old main class": {map[string]string{"conf/druid/broker/main.config": "io.druid.cli.Main server broker"}, "druid-0.12.3", schema.Range{From: 12, Until: 12}},
		"nothing":        {map[string]string{"conf/druid/broker/runtime.properties": "druid.service=druid/broker"}, "imply-3.0.19", schema.Range{}},
		"Imply": {map[string]string{
			"conf/druid/broker/runtime.properties": "druid.service=druid/broker", "conf/pivot/config.yaml": "port: 9095",
		}, "imply-3.0.19", schema.Range{}},
		"a late key":       {map[string]string{"conf/druid/broker/runtime.properties": "druid.server.http.maxSubqueryBytes=auto"}, "druid-28", schema.Range{From: 28, Until: 38}},
		"a late extension": {map[string]string{"conf/druid/_common/common.runtime.properties": `druid.extensions.loadList=["druid-multi-stage-query"]`}, "druid-24", schema.Range{From: 24, Until: 38}},
		"a Dockerfile of Imply's": {map[string]string{
			"conf/druid/broker/runtime.properties": "", "Dockerfile": "FROM ubuntu\nENV IMPLY_DRUID_VERSION 2.7.5\nRUN java tools pull-deps -c druid-parquet-extensions:0.12.2\n",
		}, "imply-2.7.5", schema.Range{From: 12, Until: 12}},
		"a distribution": {map[string]string{"conf/druid/broker/runtime.properties": "", "lib/druid-server-0.18.1.jar": ""}, "druid-0.18.1", schema.Range{From: 18, Until: 18}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range c.files {
				full := filepath.Join(dir, file)
				require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
				require.NoError(t, os.WriteFile(full, []byte(text), 0o600))
			}
			trees, err := Open(t.Context(), dir, Options{})
			require.NoError(t, err)
			require.Len(t, trees, 1)
			require.Equal(t, c.target, trees[0].Target.Name)
			require.Equal(t, c.possible, trees[0].Possible)
		})
	}
}
