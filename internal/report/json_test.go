package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/finding"
)

const schemaFile = "../../docs/findings.schema.json"

// validate checks JSON against the published schema.
func validate(t require.TestingT, text string) error {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	return compiled(t).Validate(document)
}

func compiled(t require.TestingT) *jsonschema.Schema {
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	require.NoError(t, err)
	return s
}

func TestJSONMatchesSchema(t *testing.T) {
	for _, r := range []*finding.Report{cluster(), clean(), twoTrees(), hostile(), {Version: finding.Version}} {
		require.NoError(t, validate(t, render(t, JSON, r, Options{})))
	}
}

// TestSchemaIsStrict makes one mistake at a time in a valid report.
func TestSchemaIsStrict(t *testing.T) {
	valid := render(t, JSON, cluster(), Options{})
	mistakes := map[string][2]string{
		"other version":        {`"version": 1`, `"version": 2`},
		"unknown field":        {`"severity": "info"`, `"severity": "info", "weight": 1`},
		"unknown severity":     {`"severity": "info"`, `"severity": "fatal"`},
		"missing rule":         {`"rule": "zk-quorum-even",`, ``},
		"empty message":        {`"message": "this one wins"`, `"message": ""`},
		"line 0":               {`"line": 41`, `"line": 0`},
		"line without file":    {`"file": "conf/druid/broker/jvm.config"`, `"line": 3`},
		"end without end line": {`"endLine": 20,`, ``},
		"edit without column":  {`"column": 48,`, ``},
	}
	for name, mistake := range mistakes {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(valid, mistake[0], mistake[1], 1)
			require.NotEqual(t, valid, broken)
			require.Error(t, validate(t, broken))
		})
	}
}

// TestSchemaKnowsEveryField compares the fields of the Go types with the schema.
func TestSchemaKnowsEveryField(t *testing.T) {
	s := compiled(t)
	compare := func(s *jsonschema.Schema, value any) {
		var described []string
		for name, property := range s.Properties {
			described = append(described, name)
			require.NotEmpty(t, description(property), name)
		}
		require.ElementsMatch(t, fields(reflect.TypeOf(value)), described)
	}
	strict := func(s *jsonschema.Schema, value any) {
		compare(s, value)
		require.Equal(t, false, s.AdditionalProperties)
	}
	item := func(s *jsonschema.Schema, name string) *jsonschema.Schema {
		return s.Properties[name].Items2020.Ref
	}
	of := item(s, "findings")
	strict(s, finding.Report{})
	strict(s.Properties["tool"].Ref, finding.Tool{})
	strict(item(s, "trees"), finding.Tree{})
	compare(of, finding.Finding{})
	for _, list := range []string{"findings", "suppressed"} {
		require.Same(t, of, item(s, list))
		require.NotNil(t, s.Properties[list].Items2020.UnevaluatedProperties)
	}
	strict(s.Properties["suppressed"].Items2020.Properties["suppression"].Ref, finding.Suppression{})
	strict(item(of, "related"), finding.Related{})
	strict(of.Properties["fix"].Ref, finding.Fix{})
	strict(item(of.Properties["fix"].Ref, "edits"), finding.Edit{})
	strict(item(s, "trees").Properties["ifCluster"].Ref, finding.Counts{})
	strict(s.Properties["summary"].Ref, finding.Summary{})
}

// description of a property, or of what it refers to.
func description(s *jsonschema.Schema) string {
	if s.Description == "" && s.Ref != nil {
		return s.Ref.Description
	}
	return s.Description
}

// fields lists the JSON names of a struct, with those of embedded structs.
func fields(t reflect.Type) []string {
	var names []string
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "-" && !field.Anonymous {
			names = append(names, name)
		}
	}
	return names
}

// TestJSONIsTheWholeReport: streaming must not lose or move anything.
func TestJSONIsTheWholeReport(t *testing.T) {
	for _, r := range []*finding.Report{cluster(), twoTrees()} {
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		require.NoError(t, encoder.Encode(r))
		require.Equal(t, want.String(), render(t, JSON, r, Options{}))
	}
}

func TestJSONKeepsHTML(t *testing.T) {
	f := misspelt()
	f.Message = "write <name> & <value>"
	require.Contains(t, render(t, JSON, reportOf(nil, f), Options{}), f.Message)
}

// TestJSONProperties: any report is valid, visible, and read back unchanged.
func TestJSONProperties(t *testing.T) {
	compiled := compiled(t)
	// JSON cannot hold broken bytes: the encoder replaces them, as we do here.
	encodable := rapid.Map(anyString(), func(s string) string { return string([]rune(s)) })
	rapid.Check(t, func(t *rapid.T) {
		r := reports(encodable).Draw(t, "report")
		text := render(t, JSON, r, Options{})
		requireVisible(t, text)

		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		require.NoError(t, compiled.Validate(document))

		var back finding.Report
		require.NoError(t, json.Unmarshal([]byte(text), &back))
		require.Equal(t, withoutSources(r), &back)
	})
}

// withoutSources returns what JSON keeps of a report: no excerpts, no nil lists.
func withoutSources(r *finding.Report) *finding.Report {
	same := *r
	same.Findings = make([]finding.Finding, len(r.Findings))
	for i, f := range r.Findings {
		f.Source = ""
		f.Related = slices.Clone(f.Related)
		for j := range f.Related {
			f.Related[j].Source = ""
		}
		same.Findings[i] = f
	}
	return &same
}
