package form

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestValuesInside reads values that are a text in a resource, with their places in the
// file.
func TestValuesInside(t *testing.T) {
	const values = "configVars:\n  druid_zk_paths_base: '/Zürich'\nrouter:\n  config: {DRUID_XMX: 1g}\n"
	indented := func(by string) string {
		return by + "configVars:\n" + by + "  druid_zk_paths_base: '/Zürich'\n" + by + "router:\n" + by + "  config: {DRUID_XMX: 1g}\n"
	}
	for text, line := range map[string]int{
		values: 2,
		"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: |\n" + indented("        ") + "  project: ö\n": 8,
		"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  sources:\n  - helm:\n      values: |-\n\n" + indented("        "):                9,
		"apiVersion: helm.cattle.io/v1\nkind: HelmChart\nspec:\n  valuesContent: |\n    druid:\n" + indented("      "):                                  7,
		"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      valuesObject:\n" + indented("        "):                8,
		"releases:\n- name: olap\n  chart: druid-helm/druid\n  values:\n  - common.yaml\n  -\n" + indented("    "):                                      8,
		"dependency: {enabled: true}\nanalytics:\n" + indented("  "):                                                                                    4,
	} {
		tree := read(t, "values.yaml", map[string]string{"values.yaml": text})
		require.Equal(t, "helm", tree.Form, text)
		found := false
		for _, f := range tree.Files {
			if f.Name != "common.runtime.properties" && f.Unit != "router" {
				continue
			}
			for _, l := range f.Text.lines() {
				if l.s == "druid.zk.paths.base=/Zürich\n" {
					p := l.Find(len("druid.zk.paths.base="), len(l.s)-1).Place
					require.Equal(t, line, p.line(), text)
					require.Equal(t, "/Zürich", string(p.Source.Data[p.From:p.To]))
					require.Same(t, tree.Main, p.Source)
					found = true
				}
			}
		}
		require.True(t, found, text)
	}
	for _, text := range []string{
		"kind: Application\nspec: {source: {helm: {values: 'configVars: {druid_host: x}'}}}\n", // not as it is
		"kind: Application\nspec:\n  source:\n    helm:\n      values: |\n        configVars: {druid_host: [\n",
	} {
		require.False(t, isHelm(&Source{Path: "a.yaml", Data: []byte(text)}), text)
	}
}
