// Package suppress lets a file say in its own comments which findings are meant
// to be:
//
//	# implycheck:ignore RULE[,RULE] -- reason
//	# implycheck:ignore RULE -- reason until 2027-03-31
//	# implycheck:ignore-file RULE -- reason
//	<!-- implycheck:ignore RULE: reason -->
//
// The first two are for the next line that is not blank and no comment, in a
// properties file for the whole entry that begins there; the third is for the
// file. XML forbids -- inside a comment, so that a colon may stand before the
// reason. A comment that does not begin with one of these is about something
// else. JSON, jvm.config and main.config have no comments.
//
// A comment that does not do what its author thinks is itself a finding: it
// names no rule that exists or one that is locked, gives no reason, has
// expired, or silences nothing. Only the last of these is known after the lint;
// it says nothing about rules that compare clusters.
package suppress

import (
	"cmp"
	"slices"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/rules"
)

// Options say what comments may do.
type Options struct {
	// Today decides which comments have expired.
	Today time.Time
	// Locked are rules that no comment may silence; nil locks none.
	Locked func(rule string) bool
	// Policies are the names of rules that the user has added.
	Policies []string
}

// Step silences what the comments of a tree name, and reports the comments
// that do not work.
func Step(o Options) lint.Step {
	return func(t *conf.Tree, r *lint.Result) {
		var all silences
		var problems []finding.Finding
		for _, d := range Parse(t) {
			admitted, wrong := o.admit(t, d)
			all = append(all, admitted...)
			problems = append(problems, wrong...)
		}
		// Those for a line first: those for the file are for what is left.
		slices.SortStableFunc(all, func(a, b *silence) int { return cmp.Compare(b.first, a.first) })
		r.Suppress(all.choose)
		var between silences
		for _, s := range all {
			switch rule, ok := rules.Lookup(s.rule); {
			case ok && rule.Claims != nil:
				between = append(between, s)
			case !s.used:
				problems = append(problems, rules.SuppressUnused.Finding(t.Path, s.at, "%s says nothing %s", s.rule, s.where()))
			}
		}
		if len(between) > 0 {
			r.Between = append(r.Between, between.choose)
		}
		if len(problems) > 0 {
			r.Findings = finding.Sort(append(r.Findings, problems...))
		}
	}
}

// silence is one rule of a directive that works; it outlives the tree.
type silence struct {
	rule, reason string
	at           finding.Location
	// first and last are its lines, both 0 for the whole file.
	wholeFile   bool
	first, last int
	used        bool
}

func (s *silence) covers(f finding.Finding) bool {
	return f.Rule == s.rule && f.File == s.at.File && (s.wholeFile || s.first <= f.Line && f.Line <= s.last && f.Line > 0)
}

func (s *silence) where() string {
	switch {
	case s.wholeFile:
		return "in this file"
	case s.first == 0:
		return "here: no line follows"
	case s.first == s.last:
		return "in the line that follows"
	}
	return "in the lines that follow"
}

type silences []*silence

// choose finds the first comment that covers a finding.
func (list silences) choose(f finding.Finding) (finding.Suppression, bool) {
	for _, s := range list {
		if s.covers(f) {
			s.used = true
			return finding.Suppression{By: "comment", Reason: s.reason, Location: s.at}, true
		}
	}
	return finding.Suppression{}, false
}
