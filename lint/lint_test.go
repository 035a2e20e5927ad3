package lint

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint/policy"
	"github.com/implycheck/implycheck/rules"
)

// write lays files into a folder of their own, which becomes the working
// directory.
func write(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir(".git", 0o755)) // nothing above counts
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
}

func evaluator() Evaluator { return &policy.Runner{} }

// run lints, and answers a report that must be there.
func run(t *testing.T, o Options) *finding.Report {
	t.Helper()
	o.EachPlace, o.ByFile, o.Evaluator = true, true, evaluator
	r, err := Run(t.Context(), o)
	require.NoError(t, err)
	return r
}

// of are the findings of one rule.
func of(rule string, findings []finding.Finding) (list []finding.Finding) {
	for _, f := range findings {
		if f.Rule == rule {
			list = append(list, f)
		}
	}
	return list
}

// broker is a file with one mistake, a number that is none.
const (
	mistake = "druid.server.http.numThreads=many\n"
	broker  = "druid.service=druid/broker\n" + mistake
)

func TestRun(t *testing.T) {
	write(t, map[string]string{
		"a/druid/broker/runtime.properties": broker,
		"b/druid/broker/runtime.properties": broker,
		"b/.implycheck.yaml":                "version: 1\nrules: {prop-type-int: warning}\nfail-on: warning\n",
	})
	var steps [][2]int
	r := run(t, Options{
		Paths: []string{"b", "a"}, Facts: map[string]string{"deployment": "cluster"}, Jobs: 1, Tool: finding.Tool{Name: "test"},
		Progress: func(done, all int) { steps = append(steps, [2]int{done, all}) },
	})
	require.Equal(t, [][2]int{{1, 2}, {2, 2}}, steps)
	require.Equal(t, "b a", r.Trees[0].Path+" "+r.Trees[1].Path, "trees in the order of the paths, findings sorted")
	numbers := of("prop-type-int", r.Findings)
	require.Len(t, numbers, 2)
	require.Equal(t, "a error b warning", numbers[0].Tree+" "+numbers[0].Severity.String()+" "+numbers[1].Tree+" "+numbers[1].Severity.String())
	require.Equal(t, finding.Summarize(r.Trees, r.Findings, nil), r.Summary)
	require.Equal(t, "test", r.Tool.Name)
	failing := 0
	for _, f := range r.Findings {
		if f.Tree == "a" && f.Severity == finding.Error || f.Tree == "b" && f.Severity >= finding.Warning {
			failing++
		}
	}
	require.Equal(t, failing, r.Failing)
}

// A run fails whole: one unreadable path is enough, and the error names all.
func TestRunFailsWhole(t *testing.T) {
	write(t, map[string]string{"conf/druid/broker/runtime.properties": broker, "empty/README": ""})
	r, err := Run(t.Context(), Options{Paths: []string{"conf", "empty", "missing"}})
	require.Nil(t, r)
	require.ErrorContains(t, err, "empty: ")
	require.ErrorContains(t, err, "missing: ")

	for want, o := range map[string]Options{
		"policy p.cue: this program evaluates no policies": {Policies: []string{"p.cue"}},
		`--moon: no fact is called "moon"`:                 {Facts: map[string]string{"moon": "full"}},
		"policy nowhere.cue: no such file":                 {Policies: []string{"nowhere.cue"}, Evaluator: evaluator},
		"none.jsonl: there is no such":                     {Facts: map[string]string{"baseline": "none.jsonl"}},
		"nowhere.yaml":                                     {ConfigFile: "nowhere.yaml"},
	} {
		o.Paths = []string{"conf"}
		_, err := Run(t.Context(), o)
		require.ErrorContains(t, err, want)
	}
}

// What is wrong with a file that several trees share is said once.
func TestErrorsAreSaidOnce(t *testing.T) {
	write(t, map[string]string{
		"a/druid/broker/runtime.properties": broker, "b/druid/broker/runtime.properties": broker, ".implycheck.yaml": "version: 2\n",
	})
	_, err := Run(t.Context(), Options{Paths: []string{"a", "b"}})
	require.EqualError(t, err, `.implycheck.yaml:1:10: this version is not known to this implycheck: write 1`)
}

// Every step has its say, in the order that the package's comment tells.
func TestOrder(t *testing.T) {
	const comment = "# implycheck:ignore prop-type-int -- measured\n"
	write(t, map[string]string{
		"conf/druid/broker/runtime.properties":     comment + mistake,
		"conf/druid/router/runtime.properties":     comment + mistake,
		"conf/druid/historical/runtime.properties": "druid.prot=1\n",
		"conf/druid/overlord/runtime.properties":   "druid.port=x\n",
		".implycheck.yaml": `version: 1
rules:
  suppress-unused: error
  policy: {severity: off, reason: tried out}
  baseline-stale: error
policies: [p.cue]
baseline: known.jsonl
ignore:
  - {rule: prop-type-int, path: conf/druid/router, reason: by file}
  - {rule: zk-myid, path: conf, reason: nothing}
`,
		"p.cue": "historical: \"druid.prot\": 2\n",
		"known.jsonl": `{"version":1}
{"file":".implycheck.yaml","rule":"config-ignore-unused","reason":"left over"}
{"file":"conf/druid/historical/runtime.properties","rule":"prop-unknown","property":"druid.prot","source":"druid.prot=1","reason":"known"}
{"file":"conf/druid/overlord/runtime.properties","rule":"gone"}
`,
	})
	r := run(t, Options{Paths: []string{"conf"}})
	by := map[string]string{}
	for _, s := range r.Suppressed {
		by[s.Rule+" "+s.File] = s.Suppression.By + ": " + s.Suppression.Reason
	}
	require.Equal(t, map[string]string{
		"prop-type-int conf/druid/broker/runtime.properties":    "comment: measured",
		"prop-type-int conf/druid/router/runtime.properties":    "config: by file",
		"policy conf/druid/historical/runtime.properties":       "config: tried out",
		"config-ignore-unused .implycheck.yaml":                 "baseline: left over",
		"prop-unknown conf/druid/historical/runtime.properties": "baseline: known",
	}, by)
	unused := of("suppress-unused", r.Findings)
	require.Len(t, unused, 1, "the configuration file came before the comment")
	require.Equal(t, "conf/druid/router/runtime.properties error", unused[0].File+" "+unused[0].Severity.String())
	stale := of("baseline-stale", r.Findings)
	require.Len(t, stale, 1)
	require.Equal(t, finding.Error, stale[0].Severity)

	r = run(t, Options{Paths: []string{"conf"}, NoIgnores: true})
	require.Len(t, of("prop-type-int", r.Findings), 3)
	require.Empty(t, of("baseline-stale", r.Findings))
	require.Len(t, r.Suppressed, 1, "an ignore hides nothing then; a rule that is off is off")
}

// Each configuration file speaks of the trees beneath it, whatever the order in
// which trees and files come.
func TestConfigurationFilesKeepToTheirTrees(t *testing.T) {
	const text = "version: 1\nignore:\n  - {rule: zk-myid, path: conf, reason: nothing}\nrules:\n  config-ignore-unused: "
	write(t, map[string]string{
		"a/conf/druid/broker/runtime.properties": broker, "a/.implycheck.yaml": text + "error\n",
		"b/conf/druid/broker/runtime.properties": broker, "b/.implycheck.yaml": text + "info\n",
	})
	for range 50 {
		r := run(t, Options{Paths: []string{"."}})
		unused := of("config-ignore-unused", r.Findings)
		require.Len(t, unused, 2)
		require.Equal(t, "./a/conf error", unused[0].Tree+" "+unused[0].Severity.String())
		require.Equal(t, "./b/conf info", unused[1].Tree+" "+unused[1].Severity.String())
	}
}

// A day ends everywhere at the same time: in UTC.
func TestDaysEndInUTC(t *testing.T) {
	write(t, map[string]string{
		"conf/druid/broker/runtime.properties": "# implycheck:ignore prop-type-int -- soon until 2027-03-31\n" + mistake,
		"conf/druid/router/runtime.properties": broker,
		".implycheck.yaml":                     "version: 1\nignore:\n  - {rule: prop-type-int, path: conf/druid/router, reason: soon, until: 2027-03-31}\n",
	})
	kiritimati := time.FixedZone("", 14*60*60)
	still := run(t, Options{Paths: []string{"conf"}, Today: time.Date(2027, 4, 1, 13, 59, 0, 0, kiritimati)})
	require.Empty(t, of("prop-type-int", still.Findings))
	over := run(t, Options{Paths: []string{"conf"}, Today: time.Date(2027, 4, 1, 14, 0, 0, 0, kiritimati)})
	require.Len(t, of("prop-type-int", over.Findings), 2)
	require.Len(t, of("suppress-expired", over.Findings), 1)
	require.Len(t, of("config-ignore-expired", over.Findings), 1)
}

// Only some rules run, if that is asked for.
func TestRules(t *testing.T) {
	write(t, map[string]string{"conf/druid/broker/runtime.properties": broker})
	rule, _ := rules.Lookup("prop-type-int")
	r := run(t, Options{Paths: []string{"conf"}, Rules: []*rules.Rule{rule}})
	require.Len(t, r.Findings, 1)
}

// Linted sees a tree with what its own suppressions leave.
func TestLinted(t *testing.T) {
	write(t, map[string]string{
		"conf/druid/broker/runtime.properties": "# implycheck:ignore prop-type-int -- measured\n" + mistake,
		"conf/druid/router/runtime.properties": broker,
	})
	var seen []string
	o := Options{Paths: []string{"conf"}, Linted: func(tree *conf.Tree, findings []finding.Finding) {
		for _, f := range of("prop-type-int", findings) {
			seen = append(seen, tree.Path+" "+f.File)
		}
	}}
	run(t, o)
	require.Equal(t, []string{"conf conf/druid/router/runtime.properties"}, seen)

	// Of a tree around a file, only what concerns the file.
	seen, o.Paths = nil, []string{"conf/druid/broker/runtime.properties"}
	run(t, o)
	require.Empty(t, seen)
}

// What is said of several places is one finding, and the worst come first.
func TestTogetherAndInOrder(t *testing.T) {
	write(t, map[string]string{
		"conf/druid/broker/runtime.properties":     "druid.prot=1\n",
		"conf/druid/historical/runtime.properties": "druid.prot=1\ndruid.segmentCache.locations=[{\"path\":\"/a\",\"maxSize\":1}]\ndruid.server.maxSize=1\n",
		"conf/druid/router/runtime.properties":     "# implycheck:ignore prop-unknown -- read by our own\ndruid.prot=1\ndruid.port=x\n",
	})
	r, err := Run(t.Context(), Options{Paths: []string{"conf"}})
	require.NoError(t, err)
	unknown := of("prop-unknown", r.Findings)
	require.Len(t, unknown, 1)
	require.Equal(t, "conf/druid/broker/runtime.properties", unknown[0].File)
	require.Equal(t, "conf/druid/historical/runtime.properties", unknown[0].Related[0].File)
	require.Len(t, unknown[0].Related, 1, "the third place is suppressed")
	require.Equal(t, "prop-type-int", r.Findings[0].Rule)
	for i, f := range r.Findings[1:] {
		require.LessOrEqual(t, f.Severity, r.Findings[i].Severity)
	}

	r, err = Run(t.Context(), Options{Paths: []string{"conf"}, ByFile: true})
	require.NoError(t, err)
	require.True(t, slices.IsSortedFunc(r.Findings, finding.Compare))
}
