package rules

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// lintOf is what lint says of files, by rule.
func lintOf(t *testing.T, files map[string]string) map[string]*finding.Finding {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
	trees, err := conf.Open(t.Context(), dir, conf.Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	result, err := Lint(t.Context(), trees[0], Options{})
	require.NoError(t, err)
	said := map[string]*finding.Finding{}
	for i := range result.Findings {
		said[result.Findings[i].Rule] = &result.Findings[i]
	}
	return said
}

// A template of XML that is no XML yet is left alone.
func TestTemplateOfXML(t *testing.T) {
	said := lintOf(t, map[string]string{
		"druid/broker/runtime.properties.erb":     "druid.service=druid/broker\n",
		"druid/_common/log4j2.xml.erb":            "<Configuration>\n<% if @x -%>\n  <Appenders <%= @appenders %>>\n</Configuration>\n",
		"druid/_common/core-site.xml.j2":          "<configuration>\n<property {{ x }}>\n",
		"druid/_common/common.runtime.properties": "druid.zk.service.host=zk\n",
	})
	require.NotContains(t, said, "log4j2-invalid")
	require.NotContains(t, said, "hadoop-xml-invalid")
}

// TestVariablesWeaken makes no error of a value that a variable of Ansible has, and says
// where it is.
func TestVariablesWeaken(t *testing.T) {
	files := map[string]string{
		"roles/druid/templates/broker/runtime.properties.j2": "druid.service=druid/broker\ndruid.processing.numMergeBuffers={{ merge }}\n",
		"roles/druid/templates/common.runtime.properties.j2": "druid.zk.service.host=zk1.internal\n",
		"roles/druid/defaults/main.yml":                      "# of the broker\nmerge: many\n",
	}
	found := lintOf(t, files)["prop-type-int"]
	require.NotNil(t, found)
	require.Equal(t, finding.Warning, found.Severity)
	require.Len(t, found.Related, 1)
	require.Equal(t, 2, found.Related[0].Line)
	require.Equal(t, "merge: many", found.Related[0].Source)
	files["roles/druid/templates/broker/runtime.properties.j2"] = "druid.service=druid/broker\ndruid.processing.numMergeBuffers=many\n"
	require.Equal(t, finding.Error, lintOf(t, files)["prop-type-int"].Severity)
}
