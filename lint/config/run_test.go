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

func TestChoose(t *testing.T) {
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
			run := Run{Today: test.today}
			run.See(c, "conf", nil)
			why, ok := run.Choose(c, test.finding)
			require.Equal(t, test.want != "", ok)
			require.Equal(t, test.want, why.Reason)
			require.Equal(t, test.line, why.Line)
			if ok {
				require.Equal(t, "config", why.By)
				require.Equal(t, "f.yaml", why.File)
			}
		})
	}
}

func TestAdjust(t *testing.T) {
	c := parse(t, ignores)
	found := []finding.Finding{at("zk-single-node", "conf/a", ""), at("zk-single-node", "conf/druid/broker/a", ""), at("zk-myid", "conf/a", ""), at("sec-no-auth", "conf/a", "")}
	(&Run{}).Adjust(c, found)
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
			run := Run{Today: test.today, Paths: test.paths}
			run.See(c, "b", test.files)
			run.See(c, "a", nil)
			if test.use {
				run.Choose(c, at("jvm-heap-over-32g", "conf/jvm.config", ""))
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
