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
	"sort"

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

	names map[string]bool
	// near is how many unknown names are still compared with all that there are.
	near *int
}

// Comments are those of one tree. They outlive it: what they say of findings
// between clusters is asked when all trees have been linted.
type Comments struct {
	tree     string
	list     []*comment
	of       map[subject]*covering
	problems []finding.Finding
}

// subject is what a comment is about.
type subject struct{ file, rule string }

// covering are the comments about a subject.
type covering struct {
	// lines are those for a line, the last one first; their lines are the same or
	// apart.
	lines []*comment
	// file is the first for the whole file.
	file *comment
}

// find is the comment for a line: one for the line itself before one for the
// file, which is for what is left.
func (c *covering) find(line int) *comment {
	if c == nil {
		return nil
	}
	i := sort.Search(len(c.lines), func(i int) bool { return c.lines[i].first <= line })
	if i < len(c.lines) && line > 0 && line <= c.lines[i].last {
		return c.lines[i]
	}
	return c.file
}

// Read finds the comments of a tree.
func Read(t *conf.Tree, o Options) *Comments {
	c := &Comments{tree: t.Path, of: map[subject]*covering{}}
	o.prepare()
	for _, d := range Parse(t) {
		admitted, wrong := o.admit(t, d)
		c.list = append(c.list, admitted...)
		c.problems = append(c.problems, wrong...)
	}
	slices.SortStableFunc(c.list, func(a, b *comment) int { return cmp.Compare(b.first, a.first) })
	for _, one := range c.list {
		about := subject{one.at.File, one.rule}
		of := c.of[about]
		if of == nil {
			of = &covering{}
			c.of[about] = of
		}
		if !one.wholeFile {
			of.lines = append(of.lines, one)
		} else if of.file == nil {
			of.file = one
		}
	}
	return c
}

// Suppresses answers which comment covers a finding; it is a finding.SuppressFunc.
func (c *Comments) Suppresses(f finding.Finding) (finding.Suppression, bool) {
	one := c.of[subject{f.File, f.Rule}].find(f.Line)
	if one == nil {
		return finding.Suppression{}, false
	}
	one.used = true
	return finding.Suppression{By: "comment", Reason: one.reason, Location: one.at}, true
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

// between reports whether the comment is about a rule that compares clusters, or
// about what only preflight finds.
func (c *comment) between() bool {
	rule, ok := rules.Lookup(c.rule)
	return ok && rule.Claims != nil || rules.IsLive(c.rule)
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
