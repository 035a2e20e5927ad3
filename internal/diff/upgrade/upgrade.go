// Package upgrade says what a configuration tree, left as it is, would mean to
// another version of Druid: what stops a process, what is ignored, renamed or
// decided otherwise.
//
// The rules know most of it already. So the tree is read twice, for the old
// version and for the new one, and linted twice: what is found in the new
// version only is what the upgrade does. Each such finding becomes an Item, of a
// kind that follows from its rule. What no rule sees, because nothing is written
// wrong, is added from the schema: defaults that change and reach a process of
// this tree, values that are read as another type, extensions that come another
// way, and Java. What concerns no line is in milestones.go: tables of the metadata store,
// stops on the way, what is gone altogether; each with the release that brings it and
// the place where that is written.
//
// A report is in the order of the consequences: what to do on the way, what stops a
// process, what changes silently, what is lost, and only then what to know.
//
// Edits are kept for exact renames only. A rename is exact where a rule says so,
// or where both keys take the same type and have the same default.
package upgrade

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// Report is what an upgrade does to one tree.
type Report struct {
	// Tree is the path as given, From and To name the versions.
	Tree string `json:"tree" mask:"-"`
	From string `json:"from" mask:"-"`
	To   string `json:"to" mask:"-"`
	// FromReason says why the tree is taken to be written for From.
	FromReason string `json:"fromReason"`
	Items      []Item `json:"items"`
}

// Item is one consequence of the upgrade at one place, or for one key that is
// not set.
type Item struct {
	Kind Kind `json:"kind"`
	// Consequence is the name of the item's chapter.
	Consequence string `json:"consequence" mask:"-"`
	// Since is the release in which it happens, where that is known.
	Since string `json:"since,omitempty"`
	// Services are the processes that read the key; none means the whole tree.
	Services []string `json:"services,omitempty" mask:"-"`
	// Was and Becomes are the defaults, or types, of before and after.
	Was     string `json:"was,omitempty"`
	Becomes string `json:"becomes,omitempty"`
	// Evidence is where it is proved.
	Evidence string `json:"evidence,omitempty"`
	finding.Finding
}

// upgrade is one comparison at work.
type upgrade struct {
	before, after *conf.Tree
	items         []Item
}

func (u *upgrade) from() schema.Release { return u.before.Target.Release }
func (u *upgrade) to() schema.Release   { return u.after.Target.Release }

// Compare says what changes between two readings of the same files: before is
// opened for the version in use, after for the new one. What the distribution
// around the tree holds is struck from both: the new version brings its own.
func Compare(ctx context.Context, before, after *conf.Tree) (Report, error) {
	for _, t := range []*conf.Tree{before, after} {
		t.Extensions, t.HasExtensions, t.MySQLDriver, t.ZooKeeperVersion = nil, false, false, ""
	}
	u := upgrade{before: before, after: after}
	if err := u.findings(ctx); err != nil {
		return Report{}, err
	}
	u.types()
	u.defaults()
	u.extensions()
	u.java()
	u.milestones()
	u.products()
	u.way()
	chapters := Chapters()
	for n := range u.items {
		u.items[n].Consequence = chapters[chapterOf(u.items[n])].Name
	}
	slices.SortStableFunc(u.items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(chapterOf(a), chapterOf(b)), a.onTheWay(b), cmp.Compare(b.Severity, a.Severity), strings.Compare(string(a.Kind), string(b.Kind)), finding.Compare(a.Finding, b.Finding), cmp.Compare(a.Property, b.Property))
	})
	return Report{
		Tree: after.Path, From: before.Target.Name, To: after.Target.Name,
		FromReason: before.TargetReason, Items: u.items,
	}, nil
}

// onTheWay compares steps by the release that they are taken before or at; what goes
// for all releases comes last.
func (i Item) onTheWay(other Item) int {
	if i.Kind != Step || other.Kind != Step {
		return 0
	}
	return cmp.Compare(i.release(), other.release())
}

func (i Item) release() schema.Release {
	t, err := schema.ParseTarget("druid-" + i.Since)
	if err != nil {
		return schema.Release(1 << 30)
	}
	return t.Release
}

// Fixable are the findings of the items that carry an edit.
func (r *Report) Fixable() []finding.Finding {
	var list []finding.Finding
	for _, i := range r.Items {
		if i.Fix != nil {
			list = append(list, i.Finding)
		}
	}
	return list
}

// Hide is a report without the secrets of its tree: what leaves the program. What
// fixes the tree needs the real edits.
func (r Report) Hide(t *conf.Tree) Report {
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		r.Items[i].Finding = rules.Hide(t, r.Items[i].Finding)
	}
	return mask.Each(r, t.Masker().Text)
}

// Worst is the severity of the worst item, 0 without any.
func (r *Report) Worst() (worst finding.Severity) {
	for _, i := range r.Items {
		worst = max(worst, i.Severity)
	}
	return worst
}

// since is the release in which something happens, if the upgrade passes it.
func (u *upgrade) since(r schema.Release) string {
	if r <= u.from() || r > u.to() {
		return ""
	}
	return r.String()
}

// firstChange is the first release after from, on the way to to, in which same
// no longer holds.
func (u *upgrade) firstChange(same func(schema.Release) bool) string {
	for r := u.from() + 1; r <= u.to(); r++ {
		if !same(r) {
			return r.String()
		}
	}
	return ""
}
