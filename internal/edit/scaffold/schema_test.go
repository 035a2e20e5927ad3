package scaffold_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/implycheck/implycheck/internal/edit/scaffold"
)

// schemas say what Compose, the druid-operator and the chart know of what is written:
// testdata/NAME.schema.json for NAME.yaml.
func schemas(t testing.TB) map[string]*jsonschema.Schema {
	list := map[string]*jsonschema.Schema{}
	for _, name := range []string{"compose", "druid", "values"} {
		data, err := os.ReadFile("testdata/" + name + ".schema.json")
		require.NoError(t, err)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		c := jsonschema.NewCompiler()
		require.NoError(t, c.AddResource(name, document))
		list[name+".yaml"], err = c.Compile(name)
		require.NoError(t, err)
	}
	return list
}

// requireKnown holds the first document of each file against the schema of its name. Others
// are resources of Kubernetes itself.
func requireKnown(t *testing.T, known map[string]*jsonschema.Schema, files []scaffold.File) {
	for _, f := range files {
		schema := known[f.Path]
		if schema == nil {
			require.True(t, strings.HasSuffix(f.Path, ".env") || f.Path == scaffold.ConfigName, f.Path)
			continue
		}
		var document any
		require.NoError(t, yaml.NewDecoder(strings.NewReader(f.Text)).Decode(&document))
		data, err := json.Marshal(document)
		require.NoError(t, err)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		require.NoError(t, schema.Validate(value), f.Path)
	}
}

// TestSchemasRefuse: a schema that knows everything proves nothing.
func TestSchemasRefuse(t *testing.T) {
	known := schemas(t)
	for name, text := range map[string]string{
		"compose.yaml": "services: {broker: {image: a, comand: [broker]}}",
		"druid.yaml":   "{apiVersion: druid.apache.org/v1alpha1, kind: Druid, metadata: {name: a}, spec: {nodes: {}}}",
		"values.yaml":  "{image: {repository: a, tag: 33}}",
	} {
		var document any
		require.NoError(t, yaml.Unmarshal([]byte(text), &document))
		require.Error(t, known[name].Validate(document), name)
	}
}
