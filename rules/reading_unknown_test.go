package rules_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/rules"
)

// Unknown names are compared with those of every release that a tree may be
// written for, and of every deployment.
func TestUnknownNamesInEveryReading(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "conf")
	for name, text := range map[string]string{
		"_common/common.runtime.properties": "druid.extensions.loadList=[\"druid-s3-extension\"]\ndruid.zk.service.hots=zk1:2181\n",
		"broker/runtime.properties":         "druid.service=druid/broker\ndruid.server.htp.numThreads=7\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	trees, err := conf.Open(t.Context(), dir, conf.Options{})
	require.NoError(t, err)
	results, err := rules.LintAll(t.Context(), rules.Options{}, trees...)
	require.NoError(t, err)
	suggested := map[string]bool{}
	for _, f := range results[0].Findings {
		suggested[f.Suggestion] = true
	}
	for _, want := range []string{"druid-s3-extensions", "druid.zk.service.host", "druid.server.http.numThreads"} {
		require.True(t, suggested[want], want)
	}
}
