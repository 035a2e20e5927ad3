package config

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

func published(t *testing.T) *jsonschema.Schema {
	s, err := jsonschema.NewCompiler().Compile("../../docs/config.schema.json")
	require.NoError(t, err)
	return s
}

// TestSchemaKnowsEveryKey compares the keys that are read with the schema's.
func TestSchemaKnowsEveryKey(t *testing.T) {
	s := published(t)
	keys := func(s *jsonschema.Schema, want []string) {
		require.ElementsMatch(t, want, slices.Collect(maps.Keys(s.Properties)))
		require.Equal(t, false, s.AdditionalProperties)
		for name, property := range s.Properties {
			text := property.Description
			if text == "" {
				text = property.Ref.Description
			}
			require.True(t, text != "" || name == "rule", name)
		}
	}
	keys(s, slices.Collect(maps.Keys(topFields.Get())))
	entry := s.Properties["paths"].Items2020.Ref
	keys(entry, slices.Collect(maps.Keys(entryFields.Get())))
	topology := s.Properties["topology"].Ref
	require.Same(t, topology, entry.Properties["topology"].Ref)
	keys(topology, slices.Collect(maps.Keys(topologyFields.Get())))
	keys(topology.Properties["memory"].Ref.OneOf[1], Roles)
	keys(s.Properties["ignore"].Items2020.Ref, slices.Collect(maps.Keys(ignoreFields.Get())))
	change := s.Properties["rules"].Ref.AdditionalProperties.(*jsonschema.Schema).OneOf[1].Ref
	keys(change, slices.Collect(maps.Keys(changeFields.Get())))
}

// TestSchemaAgrees: what the reader takes is valid, and mistakes of form are
// invalid for both.
func TestSchemaAgrees(t *testing.T) {
	valid := func(text string) error {
		var value any
		require.NoError(t, yaml.Unmarshal([]byte(text), &value))
		data, err := json.Marshal(value)
		require.NoError(t, err)
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
		require.NoError(t, err)
		return published(t).Validate(document)
	}
	// To this parser a bare date is a moment; to ours, and to editors, a text.
	all := strings.ReplaceAll(full, "until: 2027-03-31", `until: "2027-03-31"`)
	for _, text := range []string{Starter, all} {
		parse(t, text)
		require.NoError(t, valid(text))
	}
	for _, mistake := range [][2]string{
		{"version: 1", "version: 2"}, {"version: 1\n", ""}, {"version: 1", "version: one"}, {"fail-on: warning", "fail-on: off"},
		{"deployment: cluster", "deployment: several"}, {"masters: 2", "masters: -2"}, {"masters: 2", "masters: two"}, {"masters: 2", "master: 2"},
		{"java: 8", "java: 1.8"}, {"{data: 4}", "{date: 4}"}, {"{data: 4}", "[4]"}, {"{severity: info}", "{severity: none}"},
		{", reason: the network is closed", ""}, {"{severity: info}", "off"}, {"{severity: info}", "{reason: x}"},
		{"[policies, more/policy.cue]", "policies"}, {"more/policy.cue", "/etc/policy.cue"}, {"known.json", "/etc/known.json"}, {`["**/old", "*.tar.gz"]`, "[]"}, {`"**/old"`, "/old"}, {`"**/old"`, `'a\b'`},
		{"[seg-locations-missing]", "[Everything]"}, {"- path: dev/b\n    deployment", "- deployment"}, {"    reason: measured\n", ""},
		{"until: \"2027-03-31\"", "until: tomorrow"}, {"property: Xmx", "propertie: Xmx"}, {"target: druid-28", "target: [druid-28]"}, {"zk-single-node: error", "zk-single-node:"},
	} {
		broken := strings.Replace(all, mistake[0], mistake[1], 1)
		require.NotEqual(t, all, broken)
		_, err := Parse("f.yaml", []byte(broken))
		require.Error(t, err, mistake[1])
		require.Error(t, valid(broken), mistake[1])
	}
}
