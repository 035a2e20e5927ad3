package form

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const ownValues = `image: {repository: apache/druid, tag: 33.0.0}
configVars:
  druid_storage_type: s3
broker:
  enabled: true
  config:
    DRUID_XMX: 1g
    druid_processing_numThreads: '1'
  env:
    DRUID_XMX: 2g
zkHosts: zk:2181
postgresql: {enabled: true}
`

const ownConfigMap = `data:
{{ toYaml .Values.configVars | indent 2 }}
{{- if .Values.zkHosts }}
  druid_zk_service_host: {{ .Values.zkHosts }}
{{- end }}
`

func ownChart(broker string) map[string]string {
	return map[string]string{
		"chart/Chart.yaml": "name: druid\nversion: 1.0.0\n", "chart/values.yaml": ownValues, "chart/templates/configmap.yaml": ownConfigMap,
		"chart/templates/broker.yaml": "replicas: {{ .Values.broker.replicas }}\nenv:\n" + broker,
	}
}

// TestChangedChart takes of a chart that its owner has changed what its templates still
// read, and nothing that they do not.
func TestChangedChart(t *testing.T) {
	known := "{{- range $key, $val := .Values.broker.config }}\n- name: {{ $key }}\n  value: {{ $val | quote }}\n{{- end }}\n"
	tree := read(t, "chart/values.yaml", ownChart(known))
	require.Contains(t, tree.textOf("broker", "jvm.config"), "-Xmx1g\n")
	properties := tree.textOf("broker", "runtime.properties") + tree.textOf("broker", "common.runtime.properties")
	require.Contains(t, properties, "druid.zk.service.host=zk:2181\n")
	require.NotContains(t, properties, "druid.metadata.storage.type", "the ConfigMap of the chart does not make it")
	require.Empty(t, tree.facts(Ignored))
	require.False(t, tree.Files[0].Open)

	other := strings.ReplaceAll(known, ".Values.broker.config", "mergeOverwrite .Values.env .Values.broker.env")
	tree = read(t, "chart/values.yaml", ownChart(other))
	require.NotContains(t, tree.textOf("broker", "jvm.config"), "-Xmx1g\n")
	properties = tree.textOf("broker", "runtime.properties") + tree.textOf("broker", "common.runtime.properties")
	require.Contains(t, properties, "druid.storage.type=s3\n")
	require.NotContains(t, properties, "numThreads")
	ignored := tree.facts(Ignored)
	require.Len(t, ignored, 1)
	require.Equal(t, 7, ignored[0].At.line())
	for _, f := range tree.Files {
		require.True(t, f.Open, f.Name)
	}

	more := known + "- name: druid_metadata_storage_type\n  value: mysql\n"
	tree = read(t, "chart/values.yaml", ownChart(more))
	require.Contains(t, tree.textOf("broker", "jvm.config"), "-Xmx1g\n")
	require.True(t, tree.Files[0].Open, "a variable that only the template sets")
}

// TestOwnKeys knows nothing of a variable that the owner's template of the ConfigMap makes.
func TestOwnKeys(t *testing.T) {
	files := ownChart("{{- range $key, $val := .Values.broker.config }}\n")
	files["chart/templates/configmap.yaml"] = "data:\n  druid_extensions_loadList: {{ .Values.extensions | toJson | squote }}\n" + ownConfigMap
	tree := read(t, "chart/values.yaml", files)
	require.Contains(t, tree.textOf("broker", "runtime.properties"), "druid.extensions.loadList=${druid_extensions_loadList}\n")

	files = ownChart("{{- range $key, $val := .Values.broker.config }}\n{{ toYaml .Values.broker.extraEnv }}\n")
	require.False(t, read(t, "chart/values.yaml", files).Files[0].Open)
	files["chart/values.yaml"] = strings.Replace(ownValues, "broker:\n", "broker:\n  extraEnv: [{name: druid_a, value: b}]\n", 1)
	require.True(t, read(t, "chart/values.yaml", files).Files[0].Open)
}

// TestChartImage takes the image of a template from the values of its chart, and leaves an
// expression that they do not tell.
func TestChartImage(t *testing.T) {
	files := map[string]string{
		"chart/templates/druid.yaml": "apiVersion: druid.apache.org/v1alpha1\nkind: Druid\nmetadata: {name: a}\nspec:\n  image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"\n" +
			"  nodes: {routers: {nodeType: router, druid.port: 8888}}\n",
		"chart/values.yaml": "image: {repository: apache/druid, tag: 25.0.0}\n",
	}
	require.Equal(t, []string{"apache/druid:25.0.0"}, imageNames(read(t, "chart/templates/druid.yaml", files)))
	for _, values := range []string{"image: {repository: apache/druid}\n", "image: {repository: apache/druid, tag: '{{ .Chart.AppVersion }}'}\n"} {
		files["chart/values.yaml"] = values
		require.Equal(t, []string{"{{ .Values.image.repository }}:{{ .Values.image.tag }}"}, imageNames(read(t, "chart/templates/druid.yaml", files)))
	}
}
