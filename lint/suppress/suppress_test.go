package suppress_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint/suppress"
	"github.com/implycheck/implycheck/rules"
)

// lintAll lays an archive down and lints the paths in it. Findings and suppressed
// are "file:line: rule", those of a rule that the test is not about left out.
func lintAll(t *testing.T, archive string, o suppress.Options, about []string, paths ...string) (found, suppressed []string, r *finding.Report) {
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		file := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, f.Data, 0o644))
	}
	for i := range paths {
		paths[i] = filepath.ToSlash(filepath.Join(dir, paths[i]))
	}
	o.Today = "2026-11-24"
	r = &finding.Report{}
	var groups [][]rules.Result
	var suppressors []finding.SuppressFunc
	for _, path := range paths {
		trees, err := conf.Open(t.Context(), path, conf.Options{})
		require.NoError(t, err)
		result, err := rules.Lint(t.Context(), trees[0], rules.Options{Deployment: "cluster"})
		require.NoError(t, err)
		comments := suppress.Read(trees[0], o)
		left, hidden := finding.Suppress(slices.Clone(result.Findings), comments.Suppresses)
		r.Findings = append(append(r.Findings, left...), comments.Problems()...)
		r.Suppressed = append(r.Suppressed, hidden...)
		groups, suppressors = append(groups, []rules.Result{result}), append(suppressors, comments.Suppresses)
	}
	between := rules.Between(groups)
	for _, by := range suppressors {
		left, hidden := finding.Suppress(between, by)
		between, r.Suppressed = left, append(r.Suppressed, hidden...)
	}
	r.Findings = finding.Sort(append(r.Findings, between...))
	line := func(f finding.Finding) string {
		return fmt.Sprintf("%s:%d: %s", strings.TrimPrefix(f.File, filepath.ToSlash(dir)+"/"), f.Line, f.Rule)
	}
	for _, f := range r.Findings {
		if slices.Contains(about, f.Rule) || strings.HasPrefix(f.Rule, "suppress-") {
			found = append(found, line(f))
		}
	}
	for _, f := range r.Suppressed {
		require.Equal(t, "comment", f.Suppression.By)
		require.NotEmpty(t, f.Suppression.Reason)
		require.Equal(t, f.File, f.Suppression.File)
		suppressed = append(suppressed, fmt.Sprintf("%s by %d", line(f.Finding), f.Suppression.Line))
	}
	return found, suppressed, r
}

func TestComments(t *testing.T) {
	const broker = "druid/broker/runtime.properties"
	tests := []struct {
		name, file, text  string
		rule              string
		found, suppressed []string
	}{
		{"next line", broker, "# implycheck:ignore prop-type-int -- x\ndruid.port=a\ndruid.server.http.numThreads=b\n", "prop-type-int",
			[]string{":3: prop-type-int"}, []string{":2: prop-type-int by 1"}},
		{"blanks and comments between", broker, "! implycheck:ignore prop-type-int -- x\n\n# y\n  \ndruid.port=a\n", "prop-type-int",
			nil, []string{":5: prop-type-int by 1"}},
		{"CRLF", broker, "# implycheck:ignore prop-type-int -- x\r\n\r\ndruid.port=a\r\n", "prop-type-int",
			nil, []string{":3: prop-type-int by 1"}},
		{"a line that goes on", broker, "# implycheck:ignore prop-type-int -- x\ndruid.port=\\\n  a\ndruid.server.http.numThreads=b\n", "prop-type-int",
			[]string{":4: prop-type-int"}, []string{":3: prop-type-int by 1"}},
		{"no comment inside an entry", broker, "druid.service=\\\n# implycheck:ignore prop-type-int -- x\ndruid.port=a\n", "prop-type-int",
			[]string{":3: prop-type-int"}, nil},
		{"whole file", broker, "druid.port=a\ndruid.server.http.numThreads=b\n# implycheck:ignore-file prop-type-int -- x\n", "prop-type-int",
			nil, []string{":1: prop-type-int by 3", ":2: prop-type-int by 3"}},
		{"the line's own before the file's", broker, "# implycheck:ignore-file prop-type-int -- x\n# implycheck:ignore prop-type-int -- y\ndruid.port=a\n", "prop-type-int",
			[]string{":1: suppress-unused"}, []string{":3: prop-type-int by 2"}},
		{"one of two rules is unused", broker, "# implycheck:ignore prop-type-int,prop-range -- x\ndruid.port=a\n", "prop-type-int",
			[]string{":1: suppress-unused"}, []string{":2: prop-type-int by 1"}},
		{"one of two rules is unknown", broker, "# implycheck:ignore prop-type-int,prop-type-itn -- x\ndruid.port=a\n", "prop-type-int",
			[]string{":1: suppress-unknown-rule"}, []string{":2: prop-type-int by 1"}},
		{"last day", broker, "# implycheck:ignore prop-type-int -- x until 2026-11-24\ndruid.port=a\n", "prop-type-int",
			nil, []string{":2: prop-type-int by 1"}},
		{"the day after", broker, "# implycheck:ignore prop-type-int -- x until 2026-11-23\ndruid.port=a\n", "prop-type-int",
			[]string{":1: suppress-expired", ":2: prop-type-int"}, nil},
		{"no such day", broker, "# implycheck:ignore prop-type-int -- x until 2027-02-30\ndruid.port=a\n", "prop-type-int",
			[]string{":1: suppress-expired", ":2: prop-type-int"}, nil},
		{"everything wrong", broker, "# implycheck:ignore x-y until 2020-01-01\ndruid.port=a\n", "prop-type-int",
			[]string{":1: suppress-unknown-rule", ":1: suppress-without-reason", ":2: prop-type-int"}, nil},
		{"no rule", broker, "# implycheck:ignore -- x\ndruid.port=a\n", "prop-type-int",
			[]string{":1: suppress-unknown-rule", ":2: prop-type-int"}, nil},
		{"nothing follows", broker, "druid.port=a\n# implycheck:ignore prop-type-int -- x", "prop-type-int",
			[]string{":1: prop-type-int", ":2: suppress-unused"}, nil},
		{"locked", broker, "# implycheck:ignore-file prop-size-units-too-new -- x\n", "prop-type-int",
			[]string{":1: suppress-locked"}, nil},
		{"of a policy", broker, "# implycheck:ignore our-own -- x\ndruid.port=1\n", "prop-type-int",
			[]string{":1: suppress-unused"}, nil},
		{"no comment silences these", broker, "# implycheck:ignore-file suppress-unused -- x\n# implycheck:ignore prop-range -- x\ndruid.service=x\n", "prop-range",
			[]string{":1: suppress-unused", ":2: suppress-unused"}, nil},
		{"jvm.config has no comments", "druid/broker/jvm.config", "# implycheck:ignore jvm-size-malformed -- x\n-Xmx1q\n", "jvm-size-malformed",
			[]string{":2: jvm-size-malformed"}, nil},
		{"zoo.cfg", "zk/zoo.cfg", "# implycheck:ignore zoo-cfg-syntax -- x\ntickTime=a\n", "zoo-cfg-syntax",
			nil, []string{":2: zoo-cfg-syntax by 1"}},
		{"supervise", "supervise/data.conf", "# implycheck:ignore sv-conf-dir -- x\nhistorical bin/run-druid historical conf-quickstart\n", "sv-conf-dir",
			nil, []string{":2: sv-conf-dir by 1"}},
		{"YAML", "pivot/config.yaml", "port: 9095\nuserMode: native-users\nstateStore:\n  type: mysql\n  # implycheck:ignore pivot-open-access -- x\n  connection: 'mysql://p:n@db.internal:3306/pivot'\n",
			"pivot-open-access", nil, []string{":6: pivot-open-access by 5"}},
		{"XML", "druid/_common/core-site.xml", "<configuration>\n<!-- implycheck:ignore hadoop-xml: x -->\n  <property><name>fs.default.name</name><value>hdfs://nn1:8020</value></property>\n</configuration>\n",
			"hadoop-xml", nil, []string{":3: hadoop-xml by 2"}},
		{"XML, whole file", "druid/_common/core-site.xml", "<configuration>\n<!-- implycheck:ignore-file hadoop-xml: x -->\n</configuration>\n",
			"hadoop-xml", nil, []string{":0: hadoop-xml by 2"}},
	}
	o := suppress.Options{Locked: func(rule string) bool { return rule == "prop-size-units-too-new" }, Policies: []string{"our-own"}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			archive := "-- conf/druid/broker/runtime.properties --\ndruid.service=druid/broker\n-- conf/druid/_common/common.runtime.properties --\n-- conf/" + test.file + " --\n"
			found, suppressed, _ := lintAll(t, archive+test.text, o, []string{test.rule}, "conf")
			with := func(list []string) (full []string) {
				for _, f := range list {
					full = append(full, "conf/"+test.file+f)
				}
				return full
			}
			require.Equal(t, with(test.found), found)
			require.Equal(t, with(test.suppressed), suppressed)
		})
	}
}

func TestUnknownRuleSuggests(t *testing.T) {
	_, _, r := lintAll(t, "-- conf/druid/broker/runtime.properties --\n# implycheck:ignore prop-unknwon -- x\ndruid.service=x\n", suppress.Options{}, nil, "conf")
	i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Rule == "suppress-unknown-rule" })
	require.Equal(t, `no rule is called "prop-unknwon"; did you mean prop-unknown?`, r.Findings[i].Message)
	require.Equal(t, "prop-unknown", r.Findings[i].Suggestion)
	require.Equal(t, [4]int{1, 1, 1, 38}, [4]int{r.Findings[i].Line, r.Findings[i].Column, r.Findings[i].EndLine, r.Findings[i].EndColumn})
}

// A reason outlives its tree, and holds no secret.
func TestReasonIsMasked(t *testing.T) {
	_, _, r := lintAll(t, "-- conf/druid/broker/runtime.properties --\n# implycheck:ignore prop-type-int -- password=hush\ndruid.port=a\n", suppress.Options{}, nil, "conf")
	require.Len(t, r.Suppressed, 1)
	require.Equal(t, "password=****", r.Suppressed[0].Suppression.Reason)
}

// A shared file is one file, however many processes read it.
func TestSharedFile(t *testing.T) {
	const common = "conf/druid/_common/common.runtime.properties"
	found, suppressed, _ := lintAll(t, `
-- conf/druid/_common/common.runtime.properties --
# implycheck:ignore prop-unknown -- x
druid.zk.service.hots=zk1:2181
# implycheck:ignore prop-unknown -- x
druid.zk.paths.base=/druid
-- conf/druid/broker/runtime.properties --
druid.service=druid/broker
-- conf/druid/historical/runtime.properties --
druid.service=druid/historical
`, suppress.Options{}, []string{"prop-unknown"}, "conf")
	require.Equal(t, []string{common + ":3: suppress-unused"}, found)
	require.Equal(t, []string{common + ":2: prop-unknown by 1"}, suppressed)
}

// A comment about a rule that is off is as wrong as before, and unused besides.
func TestRuleIsOff(t *testing.T) {
	file := filepath.Join(t.TempDir(), "druid/broker/runtime.properties")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte("# implycheck:ignore prop-type-int\n# implycheck:ignore prop-type-int -- x\ndruid.plaintextPort=a\n"), 0o644))
	trees, err := conf.Open(t.Context(), filepath.Dir(file), conf.Options{})
	require.NoError(t, err)
	comments := suppress.Read(trees[0], suppress.Options{Today: "2026-11-24"})
	var found []string
	for _, f := range comments.Problems() {
		found = append(found, fmt.Sprintf("%d: %s: %s", f.Line, f.Rule, f.Message))
	}
	require.Equal(t, []string{
		"1: suppress-without-reason: the comment gives no reason",
		"2: suppress-unused: prop-type-int says nothing in the line that follows",
	}, found)
}

// What clusters have in common is known only when all have been linted.
func TestBetweenClusters(t *testing.T) {
	const cluster = `
-- %[1]s/druid/_common/common.runtime.properties --
%[2]sdruid.zk.service.host=zk1:2181,zk2:2181,zk3:2181
druid.zk.paths.base=/druid
-- %[1]s/druid/broker/runtime.properties --
druid.service=druid/broker
`
	const comment = "# implycheck:ignore-file dc-shared-zk-namespace -- one site reads the other\n"
	about := []string{"dc-shared-zk-namespace"}
	found, suppressed, _ := lintAll(t, fmt.Sprintf(cluster, "a", "")+fmt.Sprintf(cluster, "b", ""), suppress.Options{}, about, "a", "b")
	require.Len(t, found, 1)
	require.Empty(t, suppressed)
	found, suppressed, _ = lintAll(t, fmt.Sprintf(cluster, "a", comment)+fmt.Sprintf(cluster, "b", comment), suppress.Options{}, about, "a", "b")
	require.Empty(t, found)
	require.Len(t, suppressed, 1)
	found, suppressed, _ = lintAll(t, fmt.Sprintf(cluster, "a", comment), suppress.Options{}, about, "a")
	require.Empty(t, found, "a comment about several clusters is not unused in one")
	require.Empty(t, suppressed)
}
