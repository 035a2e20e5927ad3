package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/conf/syntax"
)

// everything has a value of each kind.
func everything() Effective {
	at := effective.Origin{Kind: effective.Property, File: "conf/broker/runtime.properties", Line: 2, Column: 1, Text: "a"}
	flag := effective.Origin{Kind: effective.JVM, File: "conf/broker/jvm.config", Line: 1, Column: 3, Text: "-Da=b"}
	return Effective{Root: "conf", Processes: []effective.Process{
		{Service: "broker", Dir: "conf/broker",
			Values: []effective.Value{
				{Key: "a", Text: "1", Reading: "1 = one", Set: true, Origin: flag, Overridden: []effective.Origin{at, at}, Unread: true, Known: true},
				{Key: "b.password", Text: "geheim", Set: true, Origin: at, Secret: true},
				{Key: "c", Origin: effective.Origin{Kind: effective.Default}},
				{Key: "d", Origin: effective.Origin{Kind: effective.Formula, Formula: "cores"}},
			},
			Flags: []effective.Flag{{Text: "-Xmx1g", Reading: "1 GiB", File: "conf/broker/jvm.config", Line: 1, Column: 1}},
		},
		{Service: "router"},
	}}
}

func validateEffective(t require.TestingT, text string) error {
	s, err := jsonschema.NewCompiler().Compile("../../docs/effective.schema.json")
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	return s.Validate(document)
}

func TestEffectiveJSONMatchesSchema(t *testing.T) {
	var b bytes.Buffer
	s := everything()
	s.Processes = effective.Hide(&conf.Tree{Path: "conf"}, s.Processes)
	require.NoError(t, EffectiveJSON(&b, s))
	valid := b.String()
	require.NoError(t, validateEffective(t, valid))
	assert.NotContains(t, valid, "geheim")
	for name, mistake := range map[string][2]string{
		"other version": {`"version": 1`, `"version": 2`},
		"unknown field": {`"key": "a"`, `"key": "a", "weight": 1`},
		"unknown kind":  {`"kind": "formula"`, `"kind": "guess"`},
		"no place":      {`"line": 1,`, ``},
		"line 0":        {`"line": 2`, `"line": 0`},
		"no flags":      {`"flags": []`, `"flags": null`},
	} {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(valid, mistake[0], mistake[1], 1)
			require.NotEqual(t, valid, broken)
			require.Error(t, validateEffective(t, broken))
		})
	}
}

// TestEffectivePropertiesReadBack: java gets what was shown, whatever it is.
func TestEffectivePropertiesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune(" \t\f\n\r\\=:#!aü\u0000\u2028")))).Filter(validText)
		want := rapid.MapOfN(text, text, 0, 5).Draw(t, "properties")
		p := effective.Process{Service: "broker\n", Dir: "x\ry=1"}
		for key, value := range want {
			p.Values = append(p.Values, effective.Value{Key: key, Text: value, Set: true, Origin: effective.Origin{Kind: effective.Property}})
		}
		p.Values = append(p.Values, effective.Value{Key: "f\nx", Origin: effective.Origin{Kind: effective.Formula, Formula: "a\nb=c"}})
		var b bytes.Buffer
		require.NoError(t, effectiveProperties(&b, Effective{Root: "conf", Processes: []effective.Process{p}}))
		read := syntax.ParseProperties(b.Bytes())
		require.Nil(t, read.Err)
		assert.Equal(t, want, read.Map())
	})
}

// validText leaves out what a reader of UTF-8 cannot tell from a broken byte.
func validText(text string) bool {
	return !strings.ContainsRune(text, '\uFFFD') && !strings.HasPrefix(text, "\uFEFF")
}
