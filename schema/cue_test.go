package schema_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// loadCUE compiles the CUE files, which the tables come from.
func loadCUE(t testing.TB) cue.Value {
	t.Helper()
	instances := load.Instances([]string{"."}, &load.Config{Package: "schema"})
	require.NoError(t, instances[0].Err)
	root := cuecontext.New().BuildInstance(instances[0])
	require.NoError(t, root.Validate())
	return root
}

// TestTablesAgreeWithCUE gives every property's CUE constraint and the Go table
// the same 60 values, many of them at the edges, and demands the same verdicts.
func TestTablesAgreeWithCUE(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	root := loadCUE(t)
	constraints := root.LookupPath(cue.ParsePath("property"))
	random := rand.New(rand.NewPCG(1, 2))
	checked, accepted := 0, 0
	for i := range schema.Properties() {
		p := &schema.Properties()[i]
		entry := constraints.LookupPath(cue.MakePath(cue.Str(p.Name)))
		require.True(t, entry.Exists(), p.Name)
		doc, err := entry.LookupPath(cue.ParsePath("doc")).String()
		require.NoError(t, err, p.Name)
		require.Equal(t, doc, p.Doc, p.Name)
		value := entry.LookupPath(cue.ParsePath("value"))
		for _, candidate := range candidates(p, random) {
			want := value.FillPath(cue.MakePath(), candidate).Validate(cue.Concrete(true)) == nil
			require.Equal(t, want, p.Accepts(candidate), "%s = %#v", p.Name, candidate)
			checked++
			if want {
				accepted++
			}
		}
	}
	require.Greater(t, checked, 50*len(schema.Properties()))
	require.Greater(t, accepted, checked/10, "too few of the values are right ones to prove anything")
	require.Less(t, accepted, checked*9/10, "too few of the values are wrong ones to prove anything")
}

// candidates are values for a property: of its own kind for the most part, and
// at its bounds.
func candidates(p *schema.Property, random *rand.Rand) []any {
	list := []any{
		"", "x", "true", "PT5M", "P1D", "30s", "PT", "p1dt2h", "PT1.5S", "-1", true, false, 1.5, int64(0), int64(1), int64(-1),
		[]any{}, []any{"a"}, []any{int64(1)}, []any{"a", int64(1)}, []any{map[string]any{"a": "b"}}, map[string]any{}, map[string]any{"a": int64(1)},
		int64(1<<31 - 1), int64(1 << 31), int64(-1 << 31), int64(-1<<31 - 1), int64(1<<63 - 1), int64(-1 << 63),
		p.Min, p.Min + 1, p.Max, p.Max - 1,
	}
	if p.Min > -1<<63 {
		list = append(list, p.Min-1)
	}
	if p.Max < 1<<63-1 {
		list = append(list, p.Max+1)
	}
	for _, c := range p.Choices {
		list = append(list, c.Value, c.Value+" ", strings.ToUpper(c.Value))
	}
	for len(list) < 60 {
		n := random.Int64N(1 << random.IntN(62))
		list = append(list, n, -n, float64(n)+0.5, fmt.Sprintf("PT%dM", n), fmt.Sprint(n), fmt.Sprintf("P%dD", n%100))
	}
	return list
}

// TestTablesCoverEveryProperty fails when somebody added to a CUE file and not to
// the tables.
func TestTablesCoverEveryProperty(t *testing.T) {
	root := loadCUE(t)
	n := 0
	iter, err := root.LookupPath(cue.ParsePath("property")).Fields()
	require.NoError(t, err)
	for iter.Next() {
		n++
	}
	require.Len(t, schema.Properties(), n)
	require.GreaterOrEqual(t, n, 1409)
	for _, p := range schema.Properties() {
		if found, _ := schema.Lookup(p.Name); !p.IsPattern() {
			require.Equal(t, p.Name, found.Name)
		}
	}
}

// TestDocumentation keeps documentation from being the name again, or the same
// sentence for two properties.
func TestDocumentation(t *testing.T) {
	seen := map[string]string{}
	for _, p := range schema.Properties() {
		words := strings.Fields(p.Doc)
		require.GreaterOrEqual(t, len(words), 6, p.Name)
		require.True(t, strings.HasSuffix(p.Doc, "."), p.Name)
		require.Empty(t, seen[p.Doc], "%s and %s have the same documentation", p.Name, seen[p.Doc])
		seen[p.Doc] = p.Name
	}
}

// TestEveryCUEFileSaysWhatItIs keeps the areas readable.
func TestEveryCUEFileSaysWhatItIs(t *testing.T) {
	files, err := filepath.Glob("*.cue")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(data), "// "), "%s has no line that says what it holds", f)
	}
}

// TestPeriods: what package text reads is what property.cue says.
func TestPeriods(t *testing.T) {
	root := loadCUE(t)
	expr, err := root.LookupPath(cue.ParsePath("#periodPattern")).String()
	require.NoError(t, err)
	pattern := regexp.MustCompile(expr)
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`[Pp]?([+-]?[0-9]{0,2}(\.[0-9]?)?[YyMmWwDdTtHhSsX]?){0,6}`).Draw(t, "period")
		_, ok := text.SplitPeriod(value)
		require.Equal(t, pattern.MatchString(value), ok, value)
	})
}
