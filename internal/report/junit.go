package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// JUnit writes a test suite a tree and a test case a finding. An error or a
// warning is a failed test; advice is a skipped one, which fails nobody's build.
// A tree without findings is a test that passed. Of preflight each check is a test,
// by the name of what it looks at, whatever it answers: so that CI knows it again.
// A suppressed one is skipped.
func JUnit(w io.Writer, r *finding.Report, _ Options) error {
	x := newXMLWriter(w)
	suites := junitSuites(r)
	tests, failures := 0, 0
	for _, s := range suites {
		tests, failures = tests+s.tests, failures+s.failures
	}
	x.open("testsuites", "name", "implycheck", "tests", number(tests), "failures", number(failures), "errors", "0")
	x.raw(">\n")
	for _, s := range suites {
		s.write(x)
	}
	x.raw("</testsuites>\n")
	return x.close()
}

// junitSuite is one tree.
type junitSuite struct {
	tree                     string
	findings                 []*finding.Finding
	tests, failures, skipped int
	// passed are checks of preflight that have, and hidden those that are suppressed.
	passed []finding.Check
	hidden []*finding.Suppressed
}

// junitSuites sorts findings by tree; trees stand in the order of the report.
func junitSuites(r *finding.Report) []*junitSuite {
	var suites []*junitSuite
	byTree := map[string]*junitSuite{}
	suite := func(tree string) *junitSuite {
		if byTree[tree] == nil {
			byTree[tree] = &junitSuite{tree: tree}
			suites = append(suites, byTree[tree])
		}
		return byTree[tree]
	}
	for _, t := range r.Trees {
		suite(t.Path)
	}
	for i := range r.Findings {
		s := suite(r.Findings[i].Tree)
		s.findings = append(s.findings, &r.Findings[i])
	}
	for _, c := range r.Checks {
		if c.Verdict == finding.Pass {
			s := suite(c.Tree)
			s.passed = append(s.passed, c)
		}
	}
	for i := range r.Suppressed {
		if f := &r.Suppressed[i]; f.Target != "" {
			s := suite(f.Tree)
			s.hidden = append(s.hidden, f)
		}
	}
	for _, s := range suites {
		s.count()
	}
	return suites
}

func (s *junitSuite) count() {
	s.tests = max(len(s.findings)+len(s.passed)+len(s.hidden), 1)
	s.skipped = len(s.hidden)
	for _, f := range s.findings {
		if f.Severity == finding.Info {
			s.skipped++
		} else {
			s.failures++
		}
	}
}

func (s *junitSuite) write(x xmlWriter) {
	x.open("testsuite", "name", s.tree, "tests", number(s.tests), "failures", number(s.failures), "errors", "0", "skipped", number(s.skipped))
	x.raw(">\n")
	for _, c := range s.passed {
		x.raw("  ")
		x.open("testcase", "classname", c.Rule, "name", strings.TrimSpace(c.Host+" "+c.Target))
		x.raw("/>\n")
	}
	for _, f := range s.hidden {
		x.raw("  ")
		x.open("testcase", "classname", f.Rule, "name", f.Target)
		x.raw(">")
		x.open("skipped", "message", strings.TrimSuffix("suppressed: "+f.Suppression.Reason, ": "))
		x.raw("/></testcase>\n")
	}
	if len(s.findings)+len(s.passed)+len(s.hidden) == 0 {
		x.raw("  ")
		x.open("testcase", "classname", "implycheck", "name", s.tree)
		x.raw("/>\n")
	}
	for _, f := range s.findings {
		junitCase(x, f)
	}
	x.raw("</testsuite>\n")
}

func junitCase(x xmlWriter, f *finding.Finding) {
	name := fmt.Sprintf("%s:%d:%d", fileOf(f), max(f.Line, 1), max(f.Column, 1))
	place := "" // the name says it
	switch {
	case f.Target != "":
		name, place = f.Target, name
	case f.Service != "":
		name += " (" + f.Service + ")"
	}
	x.raw("  ")
	x.open("testcase", "classname", f.Rule, "name", name)
	x.raw(">")
	outcome := "failure"
	if f.Severity == finding.Info {
		outcome = "skipped"
	}
	x.open(outcome, "type", f.Severity.String(), "message", f.Message)
	x.raw(">")
	x.text(paragraphs(f.Message, place, f.Effect, f.Help, DocsURL(f.Docs)))
	x.raw("</" + outcome + "></testcase>\n")
}
