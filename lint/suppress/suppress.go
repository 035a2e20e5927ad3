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
// it says nothing about rules that compare clusters. A day ends in UTC.
package suppress

import (
	"cmp"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// Options say what comments may do.
type Options struct {
	// Today decides which comments have expired, as in 2027-03-31.
	Today string
	// Locked are rules that no comment may silence; nil locks none.
	Locked func(rule string) bool
	// Policies are the names of rules that the user has added.
	Policies []string
}

// Comments are those of one tree. They outlive it: what they say of findings
// between clusters is asked when all trees have been linted.
type Comments struct {
	tree     string
	list     []*comment
	problems []finding.Finding
}

// Read finds the comments of a tree.
func Read(t *conf.Tree, o Options) *Comments {
	c := &Comments{tree: t.Path}
	for _, d := range Parse(t) {
		admitted, wrong := o.admit(t, d)
		c.list = append(c.list, admitted...)
		c.problems = append(c.problems, wrong...)
	}
	// Those for a line first: those for the file are for what is left.
	slices.SortStableFunc(c.list, func(a, b *comment) int { return cmp.Compare(b.first, a.first) })
	return c
}

// Suppresses answers which comment covers a finding; it is a finding.SuppressFunc.
func (c *Comments) Suppresses(f finding.Finding) (finding.Suppression, bool) {
	for _, one := range c.list {
		if one.covers(f) {
			one.used = true
			return finding.Suppression{By: "comment", Reason: one.reason, Location: one.at}, true
		}
	}
	return finding.Suppression{}, false
}

// Problems are the comments that do not work. It is asked when the findings of
// the tree have been.
func (c *Comments) Problems() []finding.Finding {
	problems := slices.Clone(c.problems)
	for _, one := range c.list {
		if !one.used && !one.between() {
			problems = append(problems, rules.SuppressUnused.Finding(c.tree, one.at, "%s says nothing %s", one.rule, one.where()))
		}
	}
	return problems
}

// comment is one rule of a directive that works.
type comment struct {
	rule, reason string
	at           finding.Location
	// first and last are its lines, both 0 for the whole file.
	wholeFile   bool
	first, last int
	used        bool
}

func (c *comment) covers(f finding.Finding) bool {
	return f.Rule == c.rule && f.File == c.at.File && (c.wholeFile || c.first <= f.Line && f.Line <= c.last && f.Line > 0)
}

// between reports whether the comment is about a rule that compares clusters.
func (c *comment) between() bool {
	rule, ok := rules.Lookup(c.rule)
	return ok && rule.Claims != nil
}

func (c *comment) where() string {
	switch {
	case c.wholeFile:
		return "in this file"
	case c.first == 0:
		return "here: no line follows"
	case c.first == c.last:
		return "in the line that follows"
	}
	return "in the lines that follow"
}
