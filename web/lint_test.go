package web

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFixed: the safe fixes that are counted are made, in whatever form.
func TestFixed(t *testing.T) {
	files := NewFS(uploads(map[string]string{
		"site/compose.yaml": "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    env_file: [environment]\n",
		"site/environment":  "druid_zk_service_host=zk1\ndruid_storage_type=s3\ndruid_storage_bucket=s3://meadow\ndruid_extensions_loadList=[\"druid-s3-extensions\"]\n",
	}))
	for _, path := range []string{"site", "site/compose.yaml"} {
		request := LintRequest{Paths: []string{path}}
		a, err := Lint(t.Context(), files, request)
		require.NoError(t, err)
		require.Equal(t, 1, a.Fixes, path)
		list, err := Fixed(t.Context(), files, request)
		require.NoError(t, err)
		require.Len(t, list, 1, path)
		require.Equal(t, "site/environment", list[0].Path)
		require.Contains(t, list[0].Text, "druid_storage_bucket=meadow\n")
	}
}
