package form

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

type helmRow struct {
	ID     string `json:"id"`
	Values string `json:"values_yaml"`
	Env    string `json:"role_config_env"`
	Text   any    `json:"configmap_text"`
}

// TestHelmVectors compares values with what Helm 3.22.0 has made of them: below
// config of a role, where the template quotes them, and in configVars, which go into
// the ConfigMap as they are.
func TestHelmVectors(t *testing.T) {
	vectors(t, "helm-vectors.jsonl", func(t *testing.T, row helmRow) {
		if row.Values == "" {
			return // of keys that are rendered twice: TestChartOverwrites
		}
		t.Run(row.ID, func(t *testing.T) {
			s := &Source{Path: "values.yaml", Data: []byte("configVars:\n  druid_a: " + row.Values + "\nbroker:\n  config:\n    druid_b: " + row.Values + "\n")}
			documents, err := s.Documents()
			require.NoError(t, err)
			h := &helm{kube: newKube(&Input{}), values: documents[0]}
			env := &envReader{}
			h.quotedVars(env, documents[0].Path("broker", "config"), "broker")
			want := row.Env
			if want != "" {
				want, err = strconv.Unquote(row.Env)
				require.NoError(t, err)
			}
			require.Equal(t, want, env.vars[0].Value.s)

			config := &envReader{}
			h.rawVars(config, documents[0].Get("configVars"))
			rendered := row.Text.([]any)[0].(string)
			var node yaml.Node
			require.NoError(t, yaml.Unmarshal([]byte(rendered), &node))
			if len(node.Content) == 0 || node.Content[0].Kind != yaml.ScalarNode { // a list or a map
				require.Empty(t, config.vars)
				return
			}
			refused := len(h.tree.Facts) > 0 && h.tree.Facts[len(h.tree.Facts)-1].Kind == NoText
			tag := node.Content[0].ShortTag()
			require.Equal(t, tag != "!!str" && tag != "!!null" && tag != "!!timestamp", refused, "%s: text is all that a ConfigMap takes", tag)
			if !refused && !strings.Contains(rendered, "\n") {
				require.Equal(t, node.Content[0].Value, orNull(config.vars[0].Value.s, tag))
			}
		})
	})
}

// orNull is a text as YAML writes it that has none for null.
func orNull(text, tag string) string {
	if tag == "!!null" {
		return "null"
	}
	return text
}

// TestChartTemplates reads what the templates of a chart of somebody's own set beside
// what the known chart does.
func TestChartTemplates(t *testing.T) {
	tree := read(t, "values.yaml", map[string]string{
		"Chart.yaml": "name: druid\nversion: 1.0.0\n",
		"values.yaml": "image: {repository: apache/druid, tag: 33.0.0}\n" +
			"extensions: [druid-histogram, postgresql-metadata-storage]\nconfigVars: {druid_emitter: noop}\nhistorical: {enabled: true}\n",
		"templates/configmap.yaml": "kind: ConfigMap\ndata:\n  druid_extensions_loadList: {{ .Values.extensions | toJson | squote }}\n" +
			"  druid_emitter: {{ .Values.emitter }}\n  druid_storage_type: {{ .Values.storage }}\n{{ toYaml .Values.configVars | indent 2 }}\n",
	})
	text := ""
	for _, f := range tree.Files {
		text += f.Text.String() + "\n"
	}
	require.Contains(t, text, `druid.extensions.loadList=["druid-histogram","postgresql-metadata-storage"]`)
	require.Contains(t, text, "druid.emitter=${druid_emitter}") // set twice: which of both counts is not asked
	require.Contains(t, text, "druid.storage.type=${druid_storage_type}")
}

func TestMayBe(t *testing.T) {
	for _, name := range []string{"environment", "environment_druid", "druid_environment", "druid-env", ".env", "druid.env", "values.yaml"} {
		require.True(t, MayBe(name), name)
	}
	for _, name := range []string{"environment.bak", "docker-compose.yml.bak", "environment.old", "environment~", "notes.txt"} {
		require.False(t, MayBe(name), name)
	}
}
