// Package report writes what a run found for people (text), for programs (json)
// and for what shows findings elsewhere: editors (compact), code hosts and CI
// systems (sarif, github, gitlab, junit, checkstyle). It also writes what a
// sizing plan says (table, markdown, html, properties, json).
//
// It knows findings and plans, never the rules that make them: a format is a
// function from a finding.Report or a sizing.Plan to bytes, and each has its own
// file. No format keeps state between calls, so all of them may run at the same
// time.
//
// Everything a report quotes may come from a hostile file. No format writes a
// character that a terminal could obey or that a reader could not see.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/schema"
)

// Format writes a report, the findings in the order in which they come. It
// returns only errors of w.
type Format func(w io.Writer, r *finding.Report, o Options) error

// Options are the wishes of the reader. Formats for programs ignore those about
// looks.
type Options struct {
	// Color turns ANSI colours on; the environment is not consulted.
	Color bool
	// Quiet leaves out advice, and says nothing at all when nothing else is left.
	Quiet bool
	// Verbose shows infos to people one by one, not only their number.
	Verbose bool
	// ByFile puts the findings of a file below its name; else they come one by one,
	// in the order that they have.
	ByFile bool
	// Width is the number of terminal columns, 0 when unknown.
	Width int
	// Made is when the run was, for pages that people keep; they leave it out if it
	// is zero.
	Made time.Time
	// Repository is where code hosts look for a file: its path from the top of the
	// repository, or an absolute one where it lies outside of that. Nil leaves paths
	// as they were given, where there is no repository.
	Repository func(file string) string
	// Rules tells what is known of the rules; only formats that explain them ask.
	Rules func() []finding.Rule
}

// Named is a format as users ask for it.
type Named[F any] struct {
	Name string
	// Doc says in a few words whom the format is for.
	Doc   string
	Write F
}

// Formats lists every format of findings by name, sorted.
var Formats = []Named[Format]{
	{"checkstyle", "for Jenkins, reviewdog and others that read Checkstyle's XML", Checkstyle},
	{"compact", "one line a finding, for editors and grep", Compact},
	{"github", "workflow commands: GitHub shows them next to the changed lines", GitHub},
	{"gitlab", "a Code Quality report for GitLab's merge requests", GitLab},
	{"html", "a page to filter, read, print and pass on, in one file", HTML},
	{"json", "the whole report for programs, described by docs/findings.schema.json", JSON},
	{"junit", "a test case a finding, for every CI that shows tests", JUnit},
	{"markdown", "a comment of a pull request or a summary of a job, up to 65,536 characters", Markdown},
	{"pr-comment", "markdown behind a marker by which a bot finds its comment again", PRComment},
	{"rdjson", "reviewdog's diagnostic format, with fixes as suggestions", RDJSON},
	{"sarif", "SARIF 2.1.0 for code scanning, with rules, fixes and suppressions", SARIF},
	{"text", "excerpts with carets for people", Text},
}

// Lookup finds a format of findings by its name. It writes nothing that looks like
// a secret, whoever put it into the report; see rules.Hide for what does not.
func Lookup(name string) (Format, error) {
	write, err := lookup(Formats, name)
	return func(w io.Writer, r *finding.Report, o Options) error {
		return write(w, Hide(r), o)
	}, err
}

// Hide is the report without what looks like a secret; Lookup does it by itself.
func Hide(r *finding.Report) *finding.Report { return mask.Each(r, hideOnce()) }

// hideOnce hides what looks like a secret. Many findings have a text in common.
func hideOnce() func(string) string {
	m, seen := mask.New(schema.IsSecret), map[string]string{}
	return func(text string) string {
		shown, ok := seen[text]
		if !ok {
			shown = m.Text(text)
			seen[text] = shown
		}
		return shown
	}
}

// Names lists the formats of findings, sorted.
func Names() []string { return namesOf(Formats) }

func namesOf[F any](formats []Named[F]) []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.Name
	}
	return names
}

func lookup[F any](formats []Named[F], name string) (F, error) {
	for _, f := range formats {
		if f.Name == name {
			return f.Write, nil
		}
	}
	names := namesOf(formats)
	hint := ""
	if near, ok := text.Nearest(name, names); ok {
		hint = fmt.Sprintf("did you mean %s? ", near)
	}
	var none F
	return none, fmt.Errorf("unknown format %q: %sthe formats are %s", name, hint, strings.Join(names, ", "))
}
