package config

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

const ignores = `version: 1
rules:
  zk-single-node: error
  sec-no-auth: {severity: off, reason: the network is closed}
exclude: [conf/old]
ignore:
  - {rule: jvm-heap-over-32g, path: "**/jvm.config", reason: measured}
  - {rule: prop-unknown, path: conf, property: druid.mine, reason: ours, until: 2027-03-31}
  - {rule: zk-myid, path: elsewhere, reason: not here}
paths:
  - path: conf/druid/broker
    rules:
      zk-single-node: info
      sec-no-auth: warning
`

// at makes a finding.
func at(rule, file, property string) finding.Finding {
	return finding.Finding{Tree: "conf", Rule: rule, Severity: finding.Warning, Location: finding.Location{File: file}, Property: property}
}

// run applies a file to the tree conf and those beside it.
func run(c *Config, today Date, paths ...string) *Run {
	r := &Run{Finder: Finder{File: c.File}, Today: today, Paths: paths}
	r.Finder.found = map[string]found{c.File: {config: c}}
	return r
}

func TestSuppresses(t *testing.T) {
	c := parse(t, ignores)
	for name, test := range map[string]struct {
		finding finding.Finding
		today   Date
		want    string // the reason, and the line of the file
		line    int
	}{
		"off":               {at("sec-no-auth", "conf/druid/a", ""), "2026-01-01", "the network is closed", 4},
		"off, whole tree":   {at("sec-no-auth", "", ""), "2026-01-01", "the network is closed", 4},
		"on again":          {at("sec-no-auth", "conf/druid/broker/a", ""), "2026-01-01", "", 0},
		"other rule":        {at("zk-myid", "conf/a", ""), "2026-01-01", "", 0},
		"excluded":          {at("zk-myid", "conf/old/a", ""), "2026-01-01", "excluded by conf/old", 5},
		"ignored":           {at("jvm-heap-over-32g", "conf/druid/broker/jvm.config", "Xmx"), "2026-01-01", "measured", 7},
		"property":          {at("prop-unknown", "conf/a", "druid.mine"), "2027-03-30", "ours", 8},
		"last day":          {at("prop-unknown", "conf/a", "druid.mine"), "2027-03-31", "ours", 8},
		"day after":         {at("prop-unknown", "conf/a", "druid.mine"), "2027-04-01", "", 0},
		"property of other": {at("prop-unknown", "conf/a", "druid.yours"), "2026-01-01", "", 0},
		"other tree":        {at("prop-unknown", "b/a", "druid.mine"), "2026-01-01", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			left, suppressed := run(c, test.today).Apply([]finding.Finding{test.finding})
			if test.want == "" {
				require.Len(t, left, 1)
				return
			}
			require.Empty(t, left)
			require.Equal(t, finding.Suppression{
				By: "config", Reason: test.want,
				Location: finding.Location{File: "f.yaml", Line: test.line, Column: suppressed[0].Suppression.Column},
			}, suppressed[0].Suppression)
		})
	}
}

func TestSeverities(t *testing.T) {
	c := parse(t, ignores)
	found := []finding.Finding{at("zk-single-node", "conf/a", ""), at("zk-single-node", "conf/druid/broker/a", ""), at("zk-myid", "conf/a", ""), at("sec-no-auth", "conf/druid/broker/a", "")}
	found, _ = run(c, "2026-01-01").Apply(found)
	var got []finding.Severity
	for _, f := range found {
		got = append(got, f.Severity)
	}
	require.Equal(t, []finding.Severity{finding.Error, finding.Info, finding.Warning, finding.Warning}, got)
}

// TestLeftover: of an ignore that could not have silenced anything in this run
// nothing is said, unless the run covers all that the file is about.
func TestLeftover(t *testing.T) {
	for name, test := range map[string]struct {
		files, paths []string
		today        Date
		use          bool
		want         []string
	}{
		"unused":    {files: []string{"conf/jvm.config"}, today: "2026-01-01", want: []string{"7 config-ignore-unused", "8 config-ignore-unused"}},
		"used":      {files: []string{"conf/jvm.config"}, today: "2026-01-01", use: true, want: []string{"8 config-ignore-unused"}},
		"elsewhere": {files: []string{"b/main.config"}, paths: []string{"b"}, today: "2026-01-01"},
		"covered":   {paths: []string{"."}, today: "2026-01-01", want: []string{"7 config-ignore-unused", "8 config-ignore-unused", "9 config-ignore-unused"}},
		"expired":   {files: []string{"b/main.config"}, today: "2027-04-01", want: []string{"8 config-ignore-expired"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := parse(t, ignores)
			run := run(c, test.today, test.paths...)
			run.See("b", test.files)
			run.See("a", nil)
			if test.use {
				run.Apply([]finding.Finding{at("jvm-heap-over-32g", "conf/jvm.config", "")})
			}
			var got []string
			for _, f := range run.Leftover() {
				require.Equal(t, "a", f.Tree, "the first tree of the file")
				require.Equal(t, "f.yaml", f.File)
				got = append(got, string(rune('0'+f.Line))+" "+f.Rule)
			}
			require.Equal(t, test.want, got)
		})
	}
}
