package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/cputime"
)

// TestProblems: every mistake is told with its place and what to write.
func TestProblems(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"empty":              {"", "f.yaml:1:1: the file has keys and values; the keys are baseline, deployment, exclude, fail-on, ignore, locked, paths, policies, rules, target, topology, version"},
		"no version":         {"target: druid-28\n", "f.yaml:1:1: version is missing: write version: 1"},
		"other version":      {"version: 2\n", `f.yaml:1:10: this version is not known to this implycheck: write 1`},
		"unknown key":        {"version: 1\ntraget: druid-28\n", `f.yaml:2:1: the file has no such key: did you mean target?`},
		"far key":            {"version: 1\ntopology: {quux: 1}\n", `f.yaml:2:12: topology has no such key: write one of brokers, cores, data-servers, disk, instance, java, masters, memory, query-servers`},
		"key twice":          {"version: 1\ntarget: druid-28\ntarget: druid-29\n", "f.yaml:3:1: duplicate key: line 2, column 1 has the same one"},
		"no YAML":            {"version: 1\n\ttarget: x\n", "f.yaml:2:1: a tab in the indentation: YAML is indented with blanks only"},
		"two documents":      {"version: 1\n---\ntarget: druid-28\n", "f.yaml:1:1: a second document begins in this file, and would not be read: keep one"},
		"target":             {"version: 1\ntarget: druid-0.9\n", "f.yaml:2:9: target: write auto, or a release that implycheck knows, such as imply-3.0.19 or druid-28"},
		"deployment":         {"version: 1\ndeployment: clutser\n", `f.yaml:2:13: deployment: write auto, single or cluster`},
		"count":              {"version: 1\ntopology:\n  masters: -1\n", "f.yaml:3:12: masters: write how many there are"},
		"role":               {"version: 1\ntopology:\n  cores: {dat: 4}\n", `f.yaml:3:11: cores has no such key: did you mean data?`},
		"instance":           {"version: 1\ntopology: {instance: r4.2xlrage}\n", `f.yaml:2:22: instance: write an instance type, such as r4.2xlarge; see implycheck instances`},
		"fail-on":            {"version: 1\nfail-on: fatal\n", `f.yaml:2:10: fail-on: write error, warning or info`},
		"unknown rule":       {"version: 1\nrules:\n  zk-single-nod: error\n", `f.yaml:3:3: unknown rule: did you mean zk-single-node?`},
		"no rule":            {"version: 1\nlocked: [qqqqqqqqqqqqqqqqqq]\n", `f.yaml:2:10: unknown rule: see implycheck rules`},
		"severity":           {"version: 1\nrules: {zk-single-node: erorr}\n", `f.yaml:2:25: unknown severity: did you mean error?`},
		"off, bare":          {"version: 1\nrules: {zk-single-node: off}\n", "f.yaml:2:9: off needs a reason, for those who ask later: write {severity: off, reason: ...}"},
		"off, no reason":     {"version: 1\nrules: {zk-single-node: {severity: off}}\n", "f.yaml:2:9: off needs a reason, for those who ask later: write {severity: off, reason: ...}"},
		"reason alone":       {"version: 1\nrules: {zk-single-node: {reason: so}}\n", "f.yaml:2:9: say which severity: error, warning, info, off"},
		"list wanted":        {"version: 1\nlocked: zk-single-node\n", "f.yaml:2:9: a list is written [a, b], or with a line and a dash for each"},
		"no value":           {"version: 1\ntarget:\n", "f.yaml:2:8: a value is missing here: write a text or a number"},
		"absolute glob":      {"version: 1\nexclude: [/etc]\n", `f.yaml:2:11: globs start at the folder of this file: write a relative one`},
		"backslash":          {"version: 1\nexclude: ['a\\b']\n", `f.yaml:2:11: globs are written with /, not with \`},
		"half **":            {"version: 1\nexclude: [a**]\n", `f.yaml:2:11: ** means whole folders: write a/**/b`},
		"no globs":           {"version: 1\nexclude: []\n", "f.yaml:2:10: an empty list matches nothing: write a glob"},
		"absolute path":      {"version: 1\npolicies: [/etc/p.cue]\n", "f.yaml:2:12: " + outside},
		"path out":           {"version: 1\nbaseline: ../../../b.jsonl\n", "f.yaml:2:11: " + outside},
		"path out, hidden":   {"version: 1\npolicies: [a, b/../../../../p]\n", "f.yaml:2:15: " + outside},
		"entry without path": {"version: 1\npaths:\n  - target: druid-28\n", "f.yaml:3:5: an entry of paths says which with path: clusters/dev/**"},
		"ignore, no reason":  {"version: 1\nignore:\n  - {rule: zk-single-node, path: a}\n", "f.yaml:3:5: an entry of ignore says why, for those who ask later, with reason:"},
		"ignore, no day":     {"version: 1\nignore:\n  - {rule: zk-single-node, path: a, reason: b, until: 2027-02-30}\n", `f.yaml:3:55: this is not a date: write it as 2027-03-31`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("f.yaml", []byte(test.text))
			require.EqualError(t, err, test.want)
		})
	}
}

// TestProblemsQuoteNothing: whatever a file holds where something else belongs, an
// error does not repeat it. A link may have made it a config file.
func TestProblemsQuoteNothing(t *testing.T) {
	const secret = "S3CR3T"
	texts := []string{
		secret, "root:" + secret + ":1::", secret + ": x", "version: " + secret, "version: 1\n" + secret + ": x", "version: 1\nexclude: [" + secret,
		"version: 1\nx: *" + secret, "%" + secret + "\n---\nversion: 1", "version: 1\n!" + secret + " a: b", "version: 1\na: !<" + secret + "> b", "version: 1\n? [" + secret + "]\n: x",
		"version: 1\n<<: " + secret, "version: 1\n---\n" + secret, "version: 1\n" + secret + ": 1\n" + secret + ": 1", "version: 1\na: \"\\q" + secret, "[" + secret + "]: x",
	}
	for _, key := range []string{"target", "deployment", "fail-on", "baseline", "policies", "exclude", "locked", "rules", "paths", "ignore", "topology", "version"} {
		for _, value := range []string{"%s", "[%s]", "{%s: x}", "[{%s: x}]", "[/%s]", "[../../../%s]", "{%s: off}", "{zk-single-node: %s}", "[{rule: %s, path: a, reason: b}]", "[{path: /%s}]", "{zk-single-node: {severity: %s}}",
			"[{rule: zk-single-node, path: a, reason: b, until: %s}]", "{masters: %s}", "{java: %s}", "{instance: %s}", "{cores: %s}", "{memory: %s}", "{disk: {data: %s}}", "[{path: a, target: %s}]"} {
			texts = append(texts, "version: 1\n"+key+": "+fmt.Sprintf(value, secret)+"\n")
		}
	}
	failed := 0
	for _, text := range texts {
		c, err := Parse("f.yaml", []byte(text))
		if err == nil {
			err = c.CheckRules(nil)
		}
		if err != nil {
			failed++
			require.NotContains(t, err.Error(), secret, text)
		}
	}
	require.Greater(t, failed, 150)
}

// TestAllProblemsAtOnce: they come in the order of the file, and not without
// end.
func TestAllProblemsAtOnce(t *testing.T) {
	_, err := Parse("f.yaml", []byte("rules: {x-y: off}\nfoo: 1\nversion: 3\n"))
	var problems Problems
	require.True(t, errors.As(err, &problems))
	require.Len(t, problems, 3)
	for i, p := range problems {
		require.Equal(t, i+1, p.At.Line)
	}
	var b strings.Builder
	b.WriteString("version: 1\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "key%d: 1\n", i)
	}
	_, err = Parse("f.yaml", []byte(b.String()))
	require.True(t, errors.As(err, &problems))
	require.Len(t, problems, maxProblems)
}

// TestHostile: files that were made to cost much cost little.
func TestHostile(t *testing.T) {
	bomb := "version: 1\na: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10), ", "))
	}
	rule := "version: 1\nlocked: &l [" + strings.Repeat("zk-singl-nod, ", 12_000) + "x]\n"
	instance := "version: 1\npaths: [" + strings.Repeat("{path: a, topology: {instance: r4.2xlrage}}, ", 5_000) + "]\n"
	for name, text := range map[string]string{
		"aliases": bomb, "self": "version: 1\npaths: &a [*a]\n", "deep": strings.Repeat("[", 20_000),
		"rules": rule, "instances": instance, "binary": "\x00\xff\x00", "mark": "\ufeffversion: 2\n",
	} {
		t.Run(name, func(t *testing.T) {
			spent := cputime.Of(func() {
				_, err := Parse("f.yaml", []byte(text))
				require.Error(t, err)
			})
			require.Less(t, spent, 10*time.Second)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Starter)
	f.Add(full)
	f.Add("version: 1\nrules: {zk-single-node: {severity: off}}\n")
	f.Add("a: &a [*a]\n<<: *a\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("f.yaml", []byte(text))
		var problems Problems
		if err != nil {
			require.True(t, errors.As(err, &problems))
			require.NotEmpty(t, problems)
			for _, p := range problems {
				require.Positive(t, p.At.Line)
				require.Positive(t, p.At.Column)
			}
			return
		}
		s := c.For("conf/druid")
		require.NotEmpty(t, s.Deployment)
		for rule, change := range s.Rules {
			require.True(t, !change.Off() || change.Reason != "", rule)
		}
	})
}
