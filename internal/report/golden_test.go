package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden; read them afterwards")

type goldenTest struct {
	name    string
	format  Format
	report  *finding.Report
	options Options
}

// TestGolden compares whole reports with testdata. Escape characters are stored
// as ␛, so that the files can be read.
func TestGolden(t *testing.T) {
	tests := []goldenTest{
		{"text", Text, cluster(), Options{Verbose: true}},
		{"text-no-advice", Text, cluster(), Options{}},
		{"text-by-file", Text, cluster(), Options{Verbose: true, ByFile: true}},
		{"text-narrow", Text, cluster(), Options{Width: 60}},
		{"text-color", Text, cluster(), Options{Width: 100, Color: true}},
		{"text-quiet", Text, cluster(), Options{Quiet: true, Width: 100}},
		{"text-quiet-advice", Text, adviceOnly(), Options{Quiet: true}},
		{"text-clean", Text, clean(), Options{}},
		{"text-quiet-clean", Text, clean(), Options{Quiet: true}},
		{"text-trees", Text, twoTrees(), Options{Width: 80}},
		{"text-hostile", Text, hostile(), Options{Width: 80}},
		{"html", HTML, pages(), Options{}},
		{"html-clean", HTML, clean(), Options{}},
		{"html-hostile", HTML, hostilePages(), Options{}},
		{"markdown", Markdown, pages(), Options{}},
		{"markdown-quiet", Markdown, cluster(), Options{Quiet: true}},
		{"markdown-clean", Markdown, clean(), Options{}},
		{"markdown-hostile", Markdown, hostilePages(), Options{}},
		{"json", JSON, cluster(), Options{}},
		{"json-empty", JSON, &finding.Report{Version: finding.Version}, Options{}},
		{"json-hostile", JSON, hostile(), Options{}},
	}
	for _, f := range []string{"checkstyle", "compact", "github", "gitlab", "junit", "rdjson", "sarif"} {
		format, err := Lookup(f)
		require.NoError(t, err)
		for name, r := range map[string]*finding.Report{"": cluster(), "-clean": clean(), "-trees": twoTrees(), "-hostile": hostile()} {
			tests = append(tests, goldenTest{f + name, format, r, Options{}})
		}
	}
	for f, format := range map[string]Format{"text": Text, "json": JSON, "html": HTML, "markdown": Markdown, "junit": JUnit} {
		tests = append(tests, goldenTest{f + "-checks", format, checked(), Options{Width: 100}})
	}
	tests = append(tests, goldenTest{"text-checks-quiet", Text, checked(), Options{Quiet: true}})
	tests = append(tests, goldenTest{"sarif-repository", SARIF, silenced(), Options{Repository: inClusters}})
	tests = append(tests, goldenTest{"sarif-rules", SARIF, silenced(), Options{Rules: knownRules}})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			requireGolden(t, test.name, render(t, test.format, test.report, test.options))
		})
	}
}

// TestPRComment: the marker comes first, and the rest is Markdown.
func TestPRComment(t *testing.T) {
	want := "<!-- implycheck -->\n" + render(t, Markdown, pages(), Options{})
	require.Equal(t, want, render(t, PRComment, pages(), Options{}))
}

func requireGolden(t *testing.T, name, got string) {
	got = strings.ReplaceAll(got, "\x1b", "␛")
	file := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func render(t require.TestingT, format Format, r *finding.Report, o Options) string {
	var b bytes.Buffer
	require.NoError(t, format(&b, r, o))
	return b.String()
}
