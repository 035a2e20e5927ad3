package report

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/diff"
)

// TestDiffGolden compares whole comparisons with testdata, as TestGolden does.
func TestDiffGolden(t *testing.T) {
	tests := []struct {
		name    string
		format  Diff
		report  *diff.Report
		options DiffOptions
	}{
		{"diff-text", DiffText, comparison(), DiffOptions{}},
		{"diff-text-wide", DiffText, comparison(), DiffOptions{Width: 130}},
		{"diff-text-color", DiffText, comparison(), DiffOptions{Width: 80, Color: true}},
		{"diff-text-same", DiffText, unchanged(), DiffOptions{}},
		{"diff-text-hostile", DiffText, hostileComparison(), DiffOptions{}},
		{"diff-text-hostile-wide", DiffText, hostileComparison(), DiffOptions{Width: 150}},
		{"diff-markdown", DiffMarkdown, comparison(), DiffOptions{}},
		{"diff-markdown-same", DiffMarkdown, unchanged(), DiffOptions{}},
		{"diff-markdown-hostile", DiffMarkdown, hostileComparison(), DiffOptions{}},
		{"diff-json", DiffJSON, comparison(), DiffOptions{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			requireGolden(t, test.name, renderDiff(t, test.format, test.report, test.options))
		})
	}
}

func renderDiff(t require.TestingT, format Diff, r *diff.Report, o DiffOptions) string {
	var b bytes.Buffer
	require.NoError(t, format(&b, r, o))
	return b.String()
}

func TestDiffFormats(t *testing.T) {
	require.IsIncreasing(t, DiffNames())
	_, err := LookupDiff("markdwon")
	require.EqualError(t, err, `unknown format "markdwon": did you mean markdown? the formats are json, markdown, text`)
}

const diffSchemaFile = "../../docs/diff.schema.json"

func TestDiffJSONMatchesSchema(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile(diffSchemaFile)
	require.NoError(t, err)
	valid := renderDiff(t, DiffJSON, comparison(), DiffOptions{})
	for _, text := range []string{valid, renderDiff(t, DiffJSON, unchanged(), DiffOptions{}), renderDiff(t, DiffJSON, hostileComparison(), DiffOptions{})} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		require.NoError(t, s.Validate(document))
	}
	for _, mistake := range [][2]string{
		{`"version": 1`, `"version": 2`},
		{`"kind": "explicit"`, `"kind": "maybe"`},
		{`"differ": true`, `"differ": "yes"`},
		{`"restart": [`, `"restarts": [`},
		{`"line": 9`, `"line": 0`},
	} {
		require.Contains(t, valid, mistake[0])
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(valid, mistake[0], mistake[1], 1)))
		require.NoError(t, err)
		require.Error(t, s.Validate(document), mistake[1])
	}
}

// TestDiffSchemaKnowsEveryField compares the fields of the types with the schema.
func TestDiffSchemaKnowsEveryField(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile(diffSchemaFile)
	require.NoError(t, err)
	compare := func(s *jsonschema.Schema, value any) {
		var described []string
		for name, property := range s.Properties {
			described = append(described, name)
			require.NotEmpty(t, description(property), name)
		}
		require.ElementsMatch(t, fields(reflect.TypeOf(value)), described)
		require.Equal(t, false, s.AdditionalProperties)
	}
	item := func(s *jsonschema.Schema, name string) *jsonschema.Schema { return s.Properties[name].Items2020.Ref }
	cluster := item(s, "clusters")
	group, consequences := item(cluster, "groups"), cluster.Properties["consequences"].Ref
	compare(s, diff.Report{})
	compare(s.Properties["summary"].Ref, diff.Summary{})
	compare(cluster, diff.Cluster{})
	compare(cluster.Properties["before"].Ref, diff.Side{})
	compare(group, diff.Group{})
	compare(item(cluster, "files"), diff.File{})
	compare(item(group, "changes"), diff.Change{})
	compare(item(group, "changes").Properties["before"].Ref, diff.Value{})
	compare(consequences, diff.Consequences{})
	compare(item(consequences, "memory"), diff.Amount{})
	compare(item(consequences, "ports"), diff.Port{})
	compare(item(consequences, "findingsAppear"), diff.Finding{})
}
