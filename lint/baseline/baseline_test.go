package baseline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/lint/baseline"
)

func at(file, rule, source string, line int) finding.Finding {
	return finding.Finding{Tree: "conf", Rule: rule, Severity: finding.Warning, Location: finding.Location{File: "conf/" + file, Line: line, Source: source}}
}

var trees = []finding.Tree{{Path: "conf"}}

// load writes a baseline into a folder of its own, which becomes the working
// directory, and reads it.
func load(t *testing.T, text string) *baseline.Baseline {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("b.jsonl", []byte(text), 0o644))
	b, err := baseline.Load(disk.User("b.jsonl"))
	require.NoError(t, err)
	return b
}

func read(t *testing.T) string {
	data, err := os.ReadFile("b.jsonl")
	require.NoError(t, err)
	return string(data)
}

const two = `{"version":1}
{"file":"conf/a","rule":"r-a","source":"x = 1","count":2,"reason":"known"}

{"file":"conf/b","rule":"r-b","service":"broker","property":"p"}
`

func TestApply(t *testing.T) {
	b := load(t, two)
	other := at("b", "r-b", "", 0)
	other.Service, other.Property = "broker", "p"
	all := []finding.Finding{at("a", "r-a", "\tx  =  1 ", 70), at("a", "r-a", "x = 1", 80), at("a", "r-a", "x = 1", 90), at("a", "r-a", "x = 2", 95), other}
	left, suppressed, stale := b.Apply(all, trees, []string{"conf"})
	require.Equal(t, []finding.Finding{at("a", "r-a", "x = 1", 90), at("a", "r-a", "x = 2", 95)}, left, "the third of two, and another line")
	require.Empty(t, stale)
	require.Len(t, suppressed, 3)
	require.Equal(t, finding.Suppression{By: "baseline", Reason: "known", Location: finding.Location{
		File: "b.jsonl", Line: 2, Column: 1, EndLine: 2, EndColumn: 75, Source: strings.Split(two, "\n")[1],
	}}, suppressed[0].Suppression)
}

func TestStale(t *testing.T) {
	b := load(t, two)
	messages := func(paths ...string) (list []string) {
		left, _, stale := b.Apply([]finding.Finding{at("a", "r-a", "x = 1", 70)}, trees, paths)
		require.Empty(t, left)
		for _, f := range stale {
			require.Equal(t, "baseline-stale", f.Rule)
			require.Equal(t, finding.Info, f.Severity)
			require.Equal(t, "conf", f.Tree)
			list = append(list, f.Message)
		}
		return list
	}
	a, other := "r-a: 1 of 2 are gone from conf/a", "r-b is gone from conf/b: p"
	require.Equal(t, []string{a, other}, messages("conf"))
	require.Equal(t, []string{a, other}, messages("."))
	require.Equal(t, []string{other}, messages("conf/b"), "the other file was not linted")
	require.Empty(t, messages("con", "elsewhere"))
}

func TestPruneAndUpdate(t *testing.T) {
	b := load(t, two)
	require.Equal(t, 1, b.Prune([]finding.Finding{at("a", "r-a", "x = 1", 70)}, []string{"conf/a"}))
	require.NoError(t, b.Write())
	require.Equal(t, strings.NewReplacer(`,"count":2`, ``, "\n\n", "\n").Replace(two), read(t), "conf/b was not linted")

	b.Update([]finding.Finding{at("a", "r-b", "y", 1), at("a", "r-a", "x = 1", 2), at("a", "r-b", "y", 3)}, []string{"conf"})
	require.NoError(t, b.Write())
	require.Equal(t, `{"version":1}
{"file":"conf/a","rule":"r-a","source":"x = 1","reason":"known"}
{"file":"conf/a","rule":"r-b","source":"y","count":2}
`, read(t))
	entries, err := filepath.Glob("*")
	require.NoError(t, err)
	require.Equal(t, []string{"b.jsonl"}, entries, "nothing else is left behind")
}

func TestBrokenBaselines(t *testing.T) {
	for text, want := range map[string]string{
		"":                    `b.jsonl: the file is empty: a baseline begins with {"version":1}`,
		"[]":                  `b.jsonl:1:1: a baseline begins with {"version":1}`,
		"{}":                  `b.jsonl:1:1: a baseline begins with {"version":1}`,
		"\n{\"version\":2}\n": "b.jsonl:2:1: another version: this implycheck reads version 1",
		"{\"version\":1}\n{\"rule\":\"a\",\"fiel\":\"b\"}":                               `b.jsonl:2:13: unknown field: did you mean file?`,
		"{\"version\":1}\n{\"rule\":\"a\",}":                                             `b.jsonl:2:13: not valid JSON`,
		"{\"version\":1}\n\n{\"rule\":5}":                                                `b.jsonl:3:9: rule cannot be a number`,
		"{\"version\":1}\n{\"rule\":\"a\"}":                                              `b.jsonl:2:1: an entry has a rule, a file, and a count of 1 to 1000000`,
		"{\"version\":1}\n{\"rule\":\"a\",\"file\":\"b\",\"count\":9223372036854775807}": `b.jsonl:2:1: an entry has a rule, a file, and a count of 1 to 1000000`,
		"{\"version\":1}\n{\"rule\":\"a\"":                                               `b.jsonl:2:1: not valid JSON`,
		"{\"version\":1}\n{\"rule\":\"a\",\"file\":\"b\"} {}":                            `b.jsonl:2:25: an entry is one object in one line`,
	} {
		t.Chdir(t.TempDir())
		require.NoError(t, os.WriteFile("b.jsonl", []byte(text), 0o644))
		_, err := baseline.Load(disk.User("b.jsonl"))
		require.EqualError(t, err, want)
	}
	_, err := baseline.Load(disk.User("none"))
	require.EqualError(t, err, "none: there is no such baseline; implycheck baseline create writes one")
}

// Whatever the file is that a config file names: an error does not repeat it.
func TestErrorsQuoteNothing(t *testing.T) {
	const secret = "S3CR3T"
	for _, text := range []string{
		secret, secret + ":x:1\n", `{"version":1}` + "\n" + secret, `{"version":"` + secret + `"}`, `{"` + secret + `":1}`, "{\"version\":1}\n{\"" + secret + "\":1}",
		"{\"version\":1}\n{\"rule\":{\"" + secret + "\":1}}", "{\"version\":1}\n{\"count\":\"" + secret + "\"}", "{\"version\":1}\n{\"rule\":\"a\",\"file\":\"" + secret + "\"} x", "{\"version\":1}\n\"" + secret + "\"",
		"{\"version\":1}\n{\"count\":12345678901234567890}", `{"version":1234567}`,
	} {
		t.Chdir(t.TempDir())
		require.NoError(t, os.WriteFile("b.jsonl", []byte(text), 0o644))
		_, err := baseline.Load(disk.User("b.jsonl"))
		require.Error(t, err, text)
		require.NotContains(t, err.Error(), secret)
		require.NotContains(t, err.Error(), "1234567")
	}
}

// What somebody else writes while findings are looked for stays.
func TestWriteLeavesOthersWork(t *testing.T) {
	t.Chdir(t.TempDir())
	const head = "{\"version\":1}\n"
	require.NoError(t, os.WriteFile("b.jsonl", []byte(head), 0o644))
	b, err := baseline.Load(disk.User("b.jsonl"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("b.jsonl", []byte(head+"\n"), 0o644))
	require.EqualError(t, b.Write(), "the baseline b.jsonl cannot be written: it was changed by somebody else in the meantime")
	require.Equal(t, head+"\n", read(t))
	b, err = baseline.New(disk.User("b.jsonl"))
	require.NoError(t, err)
	require.EqualError(t, b.Write(), "the baseline b.jsonl cannot be written: file already exists")
	require.Equal(t, head+"\n", read(t))
}

// FuzzLoad: no file makes Load panic, and what it reads it writes and reads
// alike.
func FuzzLoad(f *testing.F) {
	f.Add(two)
	f.Add("{\"version\":1}\n{\"rule\":\"\\ud800\",\"file\":\"\xff\",\"count\":9}")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(dir, "b.jsonl")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		b, err := baseline.Load(disk.User(file))
		if err != nil {
			return
		}
		n := b.Findings()
		require.NoError(t, b.Write())
		again, err := baseline.Load(disk.User(file))
		require.NoError(t, err)
		require.Equal(t, n, again.Findings())
	})
}
