package preflight_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight"
)

// casesFile has four rows for every check, one a verdict: the test that makes it, or
// why none can. A test with an asterisk makes it of an answer that it has prepared,
// without one of the real thing. -update writes the tests, and leaves the reasons alone.
const casesFile = "testdata/cases.tsv"

var updateCases = flag.Bool("update", false, "write "+casesFile)

// seen are the verdicts that tests have made, CHECK VERDICT, by the names of the tests.
var seen struct {
	sync.Mutex
	by map[string][]string
}

// see notes what a test has made.
func see(name string, prepared bool, r *finding.Report) {
	name, _, _ = strings.Cut(name, "/")
	if prepared {
		name += "*"
	}
	seen.Lock()
	defer seen.Unlock()
	if seen.by == nil {
		seen.by = map[string][]string{}
	}
	for _, c := range r.Checks {
		if key := c.Rule + "\t" + string(c.Verdict); !slices.Contains(seen.by[key], name) {
			seen.by[key] = append(seen.by[key], name)
		}
	}
}

// TestMain holds what tests have made against the table, of the tests that have run.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if path := os.Getenv("PREFLIGHT_SEEN"); path != "" {
		passOn(path)
	} else if code == 0 {
		code = compareCases()
	}
	os.Exit(code)
}

// passOn hands what was seen in a namespace to the process that made it.
func passOn(path string) {
	var b strings.Builder
	for key, names := range seen.by {
		fmt.Fprintf(&b, "%s\t%s\n", key, strings.Join(names, "\t"))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// takeOver is the other end.
func takeOver(path string) {
	text, _ := os.ReadFile(path)
	seen.Lock()
	defer seen.Unlock()
	if seen.by == nil {
		seen.by = map[string][]string{}
	}
	for line := range strings.Lines(string(text)) {
		part := strings.Split(strings.TrimSpace(line), "\t")
		key := part[0] + "\t" + part[1]
		seen.by[key] = append(seen.by[key], part[2:]...)
	}
}

func readCases() map[string]string {
	how := map[string]string{}
	text, _ := os.ReadFile(casesFile)
	for line := range strings.Lines(string(text)) {
		if part := strings.SplitN(strings.TrimSpace(line), "\t", 3); len(part) == 3 {
			how[part[0]+"\t"+part[1]] = part[2]
		}
	}
	return how
}

// compareCases is 1 where the table is not what tests do.
func compareCases() int {
	how, ran := readCases(), map[string]bool{}
	for _, names := range seen.by {
		for _, name := range names {
			ran[strings.TrimSuffix(name, "*")] = true
		}
	}
	var wrong []string
	for _, c := range preflight.All() {
		for _, v := range []finding.Verdict{finding.Pass, finding.Warn, finding.Fail, finding.CannotSay} {
			key := c.ID + "\t" + string(v)
			made := best(seen.by[key])
			if *updateCases && made != "" && (how[key] == "" || !ran[strings.TrimSuffix(how[key], "*")] || !slices.Contains(seen.by[key], how[key]) || strings.HasSuffix(how[key], "*")) {
				how[key] = made
			}
			said := how[key]
			isTest := strings.HasPrefix(said, "Test")
			switch {
			case said == "":
				wrong = append(wrong, key+"\tis not in the table")
			case made != "" && !isTest:
				wrong = append(wrong, key+"\tis made by "+made+", and the table says that it cannot be: "+said)
			case isTest && ran[strings.TrimSuffix(said, "*")] && !slices.Contains(seen.by[key], said):
				wrong = append(wrong, key+"\tis not made by "+said)
			}
		}
	}
	if *updateCases {
		writeCases(how)
	}
	if len(wrong) == 0 {
		return 0
	}
	fmt.Fprintf(os.Stderr, "%s is not what the tests make; -update writes it, but for reasons:\n%s\n", casesFile, strings.Join(wrong, "\n"))
	return 1
}

// best is a test that makes a case of the real thing, if there is one, and CI runs.
func best(names []string) string {
	worth := func(name string) int {
		n := 0
		if strings.HasSuffix(name, "*") {
			n++
		}
		if strings.HasPrefix(name, "TestLive") {
			n += 2
		}
		return n
	}
	if len(names) == 0 {
		return ""
	}
	return slices.MinFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(worth(a), worth(b)), cmp.Compare(a, b)) })
}

func writeCases(how map[string]string) {
	var b strings.Builder
	for _, c := range preflight.All() {
		for _, v := range []finding.Verdict{finding.Pass, finding.Warn, finding.Fail, finding.CannotSay} {
			key := c.ID + "\t" + string(v)
			if how[key] != "" {
				fmt.Fprintf(&b, "%s\t%s\n", key, how[key])
			}
		}
	}
	if err := os.WriteFile(casesFile, []byte(b.String()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
