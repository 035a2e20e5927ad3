package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/finding"
)

// schemas are what other programs expect; testdata/schemas/NOTICE says where
// they come from.
var schemas = []struct {
	format, file string
	json         func(t require.TestingT, text string) any
}{
	{"checkstyle", "checkstyle", fromXML},
	{"gitlab", "codequality", fromJSON},
	{"junit", "junit", fromXML},
	{"sarif", "sarif-2.1.0", fromJSON},
}

// inClusters is a repository whose folder clusters is the working one.
func inClusters(file string) string { return path.Join("clusters", file) }

func TestOfficialSchemas(t *testing.T) {
	samples := []*finding.Report{cluster(), clean(), twoTrees(), hostile(), silenced(), adviceOnly(), {}}
	for _, s := range schemas {
		format, err := Lookup(s.format)
		require.NoError(t, err)
		compiled, err := jsonschema.NewCompiler().Compile("testdata/schemas/" + s.file + ".schema.json")
		require.NoError(t, err)
		check := func(t require.TestingT, r *finding.Report) {
			for _, o := range []Options{{Rules: knownRules}, {Rules: knownRules, Repository: inClusters}} {
				text := render(t, format, r, o)
				require.NoError(t, compiled.Validate(s.json(t, text)), text)
			}
		}
		t.Run(s.format, func(t *testing.T) {
			for _, r := range samples {
				check(t, r)
			}
			rapid.Check(t, func(t *rapid.T) { check(t, reports(anyString()).Draw(t, "report")) })
		})
	}
}

// TestOurSchemasAreStrict makes one mistake at a time in a valid report.
func TestOurSchemasAreStrict(t *testing.T) {
	mistakes := []struct{ format, old, new string }{
		{"checkstyle", `line="41"`, `line="0"`},
		{"checkstyle", `severity="info"`, `severity="note"`},
		{"checkstyle", `source=`, `rule=`},
		{"checkstyle", "</file>", "<error/></file>"},
		{"checkstyle", "<checkstyle", `<checkstyle lang="en"`},
		{"gitlab", `"begin":41`, `"begin":0`},
		{"gitlab", `"info"`, `"note"`},
		{"gitlab", `"path":"`, `"path":"./`},
		{"junit", `failures="5" errors="0" skipped`, `errors="0" skipped`},
		{"junit", `classname="prop-unknown"`, `file="x"`},
		{"junit", "</failure>", "</failure><system-out/>"},
		{"sarif", `"startLine":41`, `"startLine":0`},
		{"sarif", `"results"`, `"findings"`},
		{"sarif", `"level":"note"`, `"level":"info"`},
	}
	for _, m := range mistakes {
		t.Run(m.format+" "+m.new, func(t *testing.T) {
			for _, s := range schemas {
				if s.format != m.format {
					continue
				}
				format, err := Lookup(s.format)
				require.NoError(t, err)
				compiled, err := jsonschema.NewCompiler().Compile("testdata/schemas/" + s.file + ".schema.json")
				require.NoError(t, err)
				text := render(t, format, cluster(), Options{})
				broken := strings.Replace(text, m.old, m.new, 1)
				require.NotEqual(t, text, broken)
				require.Error(t, compiled.Validate(s.json(t, broken)))
			}
		})
	}
}

func fromJSON(t require.TestingT, text string) any {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	return document
}

// element is XML as JSON.
type element struct {
	Element    string            `json:"element"`
	Attributes map[string]string `json:"attributes"`
	Text       string            `json:"text"`
	Children   []*element        `json:"children"`
}

func fromXML(t require.TestingT, text string) any {
	root := &element{}
	stack := []*element{root}
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			child := &element{Element: token.Name.Local, Attributes: map[string]string{}, Children: []*element{}}
			for _, a := range token.Attr {
				child.Attributes[a.Name.Local] = a.Value
			}
			top.Children = append(top.Children, child)
			stack = append(stack, child)
		case xml.EndElement:
			top.Text = strings.TrimSpace(top.Text)
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.Text += string(token)
		}
	}
	require.Len(t, root.Children, 1)
	encoded, err := json.Marshal(root.Children[0])
	require.NoError(t, err)
	return fromJSON(t, string(encoded))
}
