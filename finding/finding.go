// Package finding holds what a lint says: plain values with the JSON shape that
// users' scripts rely on (docs/findings.schema.json). It knows neither the rules
// that make findings nor the formats that print them. Secrets are taken out on
// the way from the one to the other, but for what is tagged mask:"-": those are
// names that the user or we have given.
package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Version is the version of the JSON contract. It changes only when a field is
// removed or changes its meaning; new fields may appear at any time.
const Version = 1

// Severity says what happens when a finding is left alone.
type Severity int

const (
	// Info is advice: everything works without it.
	Info Severity = iota + 1
	// Warning works badly, is not highly available, or is silently ignored.
	Warning
	// Error keeps a process from starting, or loses or falsifies data.
	Error
)

var severityNames = [...]string{"", "info", "warning", "error"}

// String returns the name used in every format: error, warning or info.
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads error, warning or info. Its error lists them.
func ParseSeverity(name string) (Severity, error) {
	if i := slices.Index(severityNames[1:], name); i >= 0 {
		return Severity(i + 1), nil
	}
	return 0, fmt.Errorf("unknown severity %q: write error, warning or info", name)
}

// MarshalText writes the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSeverity(string(text))
	return err
}

// Finding is one mistake at one place.
type Finding struct {
	// Tree is the path of the tree as given on the command line.
	Tree     string   `json:"tree" mask:"-"`
	Rule     string   `json:"rule" mask:"-"`
	Severity Severity `json:"severity"`
	// Message is what is wrong here, in one sentence.
	Message string `json:"message"`
	// Effect is what Druid does because of it.
	Effect string `json:"effect,omitempty"`
	// Help is what to write instead.
	Help string `json:"help,omitempty"`
	Location
	// Target is what preflight looked at, behind the host where several are judged.
	Target string `json:"target,omitempty"`
	// Service is the process concerned, empty when it is the whole tree.
	Service  string `json:"service,omitempty" mask:"-"`
	Property string `json:"property,omitempty"`
	// Suggestion is the bare replacement, for a misspelt key the right key.
	Suggestion string    `json:"suggestion,omitempty"`
	Related    []Related `json:"related,omitempty"`
	Fix        *Fix      `json:"fix,omitempty"`
	// More is how many findings of the same rule in the same file were left out
	// after this one; its message says so.
	More int `json:"-"`
	// Stock is set where the image of a container brings what is found.
	Stock bool `json:"-"`
	// Variable is set where variables of a container set what is found.
	Variable bool `json:"-"`
	// Docs is the page of the rule, relative to the project's root.
	Docs string `json:"docs,omitempty" mask:"-"`
}

// Location is a span of a file. Lines and columns count from 1, columns in
// runes; the end column is the one after the last character. File uses "/" and
// starts with the tree's path, unless it is a baseline.
type Location struct {
	File      string `json:"file,omitempty" mask:"-"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"endLine,omitempty"`
	EndColumn int    `json:"endColumn,omitempty"`
	// Source is the text of the first line, for excerpts, without the secrets in it. Mark
	// and EndMark are Column and EndColumn in it, which a secret moves; 0 where it has none.
	Source  string `json:"-"`
	Mark    int    `json:"-" mask:"from=Source"`
	EndMark int    `json:"-" mask:"to=Source"`
}

// InSource is the location with its columns in Source.
func (l Location) InSource() Location {
	if l.Mark > 0 {
		l.Column, l.EndColumn = l.Mark, l.EndMark
	}
	return l
}

// Related is another place that has to do with the finding.
type Related struct {
	Location
	Message string `json:"message"`
}

// Fix is a concrete edit that removes the finding.
type Fix struct {
	// Safe edits cannot change what the author meant.
	Safe  bool   `json:"safe"`
	Edits []Edit `json:"edits"`
}

// Suppressed is a finding that somebody chose not to see.
type Suppressed struct {
	Finding
	Suppression Suppression `json:"suppression"`
}

// Suppression says who silenced a finding, and why.
type Suppression struct {
	// By is comment, config or baseline.
	By     string `json:"by" mask:"-"`
	Reason string `json:"reason,omitempty"`
	// Location is the comment, or the entry of a file.
	Location
}

// SuppressFunc answers why a finding is not to be seen, and whether.
type SuppressFunc func(Finding) (Suppression, bool)

// Suppress takes the findings that are not to be seen from the others. The list
// is used up.
func Suppress(findings []Finding, by SuppressFunc) (left []Finding, suppressed []Suppressed) {
	left = slices.DeleteFunc(findings, func(f Finding) bool {
		why, ok := by(f)
		if ok {
			suppressed = append(suppressed, Suppressed{Finding: f, Suppression: why})
		}
		return ok
	})
	return left, suppressed
}

// Edit replaces a span of a file by Text.
type Edit struct {
	Location
	Text string `json:"text"`
}

// Tree describes one linted tree.
type Tree struct {
	Path string `json:"path" mask:"-"`
	// Form is how it is kept: conf for a folder, or compose, docker-env and the like.
	Form         string `json:"form" mask:"-"`
	Target       string `json:"target" mask:"-"`
	TargetReason string `json:"targetReason"`
	// Possible are the releases that the tree may be written for: 0.15, or
	// 0.20 - 0.23.
	Possible string `json:"possible"`
	// Deployment is single, cluster or unknown, and DeploymentReason what tells.
	Deployment       string `json:"deployment"`
	DeploymentReason string `json:"deploymentReason"`
	// IfCluster counts what is an error or a warning in a cluster only, and is a
	// hint as long as the deployment is unknown; nil if there is none.
	IfCluster *Counts  `json:"ifCluster,omitempty"`
	Services  []string `json:"services" mask:"-"`
	Files     int      `json:"files"`
	// HighAvailability answers --ha, point by point; nil when nobody asked.
	HighAvailability []Point `json:"highAvailability,omitempty"`
}

// Counts are numbers of findings by severity.
type Counts struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
}

// Point is one thing that a cluster needs to survive the loss of a server.
type Point struct {
	// Name says what, Answer is yes, no or unknown, and Detail why.
	Name   string `json:"name"`
	Answer Answer `json:"answer"`
	Detail string `json:"detail"`
}

// Answer is what the files say to a question.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Tool names the program that made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Summary counts a report.
type Summary struct {
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Infos      int `json:"infos"`
	Suppressed int `json:"suppressed"`
	Trees      int `json:"trees"`
	Files      int `json:"files"`
	Services   int `json:"services"`
}

// Report is everything one run says.
type Report struct {
	Version  int       `json:"version"`
	Tool     Tool      `json:"tool"`
	Trees    []Tree    `json:"trees"`
	Findings []Finding `json:"findings"`
	// Suppressed are the findings that somebody chose not to see.
	Suppressed []Suppressed `json:"suppressed,omitempty"`
	// Checks are everything that preflight has looked at; lint has none.
	Checks  []Check `json:"checks,omitempty"`
	Summary Summary `json:"summary"`
	// Failing is how many of the findings are at or above what fails their tree:
	// an error, if nobody says otherwise.
	Failing int `json:"-"`
	// Old is how many findings were left out because they are not new.
	Old int `json:"-"`
}

// Summarize counts trees and findings.
func Summarize(trees []Tree, findings []Finding, suppressed []Suppressed) Summary {
	s := Summary{Trees: len(trees), Suppressed: len(suppressed)}
	for _, t := range trees {
		s.Files += t.Files
		s.Services += len(t.Services)
	}
	for _, f := range findings {
		switch f.Severity {
		case Error:
			s.Errors++
		case Warning:
			s.Warnings++
		case Info:
			s.Infos++
		}
	}
	return s
}

// Sort puts findings in the order in which people read files, and removes
// doubles. The order does not depend on how the findings came about.
func Sort(findings []Finding) []Finding {
	slices.SortStableFunc(findings, Compare)
	return slices.CompactFunc(findings, func(a, b Finding) bool { return Compare(a, b) == 0 })
}

// Compare orders by tree, file, place, severity (worst first) and rule.
func Compare(a, b Finding) int {
	return cmp.Or(
		strings.Compare(a.Tree, b.Tree),
		strings.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(b.Severity, a.Severity),
		strings.Compare(a.Rule, b.Rule),
		strings.Compare(a.Service, b.Service),
		strings.Compare(a.Message, b.Message),
	)
}
