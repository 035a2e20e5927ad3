package conf

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// A tree is taken for the release under which its author's work makes the most
// sense. Whatever depends on a release is a clue: keys and values, extensions,
// names of classes, flags of Java, folders, and what names a release around the
// tree. Each weighs against the releases that refuse it, do not know it yet, or
// no longer do; the releases with the least against them are possible.

// setTarget takes the release that is given, else the one that the clues tell.
func (t *Tree) setTarget(given *schema.Target, by string, around *surroundings) {
	if given == nil {
		t.infer(around)
		return
	}
	t.Target, t.TargetReason, t.Told, t.TargetGiven = *given, "given by "+by, true, true
	t.Possible = given.Possible()
	if given.Newest > given.Release {
		t.TargetReason += fmt.Sprintf("; Imply does not say which Druid that is: %s", t.Possible)
	}
}

func (t *Tree) infer(around *surroundings) {
	e := t.clues(around)
	known, score := e.best(knownReleases)
	_, olderScore := e.best(olderReleases)
	switch {
	case olderScore < score-leftOver:
		t.setOlder(&e)
		return
	case known == knownReleases:
		t.Target, t.Possible = schema.DefaultTarget, schema.Range{}
		t.TargetReason = "nothing in the tree tells the release; pass --target to be sure"
		if olderScore < score {
			t.TargetReason = "the release is not known; pass --target to be sure"
		}
		return
	case olderScore < score:
		t.Possible = schema.Range{From: schema.First, Until: known.last()}
	default:
		// One line that is left over proves nothing.
		possible := e.within(knownReleases, score+leftOver)
		t.Possible = schema.Range{From: possible.first(), Until: possible.last()}
	}
	t.Told = t.Possible != schema.Range{From: schema.Oldest, Until: schema.Newest}
	if !t.Told {
		t.Possible = schema.Range{}
	}
	likely := schema.DefaultTarget.Release
	if t.InContainers() {
		likely = guessedRelease
	}
	t.Target = e.target(min(max(likely, known.first()), known.last()))
	if t.TargetReason = strings.Join(e.reasons(t.Possible), "; "); t.TargetReason == "" {
		t.TargetReason = "the release is not known; pass --target to be sure"
	}
}

// setOlder takes the tree for one of before the first known release, and for that
// release where rules ask.
func (t *Tree) setOlder(e *clues) {
	older, _ := e.best(olderReleases)
	t.Possible, t.Told = schema.Range{From: older.first(), Until: older.last()}, true
	t.Target = schema.Target{Name: "druid-" + schema.OldestName, Release: schema.Oldest, Imply: e.imply}
	t.TargetReason = fmt.Sprintf("older than %s, the first release that implycheck knows: %s", schema.OldestName, strings.Join(e.reasons(t.Possible), "; "))
}

// target is a release under the name that the tree has for it.
func (e *clues) target(r schema.Release) schema.Target {
	for _, c := range e.list {
		if c.target.Release == r {
			return c.target
		}
	}
	switch {
	case r == schema.DefaultTarget.Release && e.imply:
		return schema.DefaultTarget
	case r == schema.Oldest:
		return schema.Target{Name: "druid-" + schema.OldestName, Release: r, Imply: e.imply}
	}
	return schema.Target{Name: "druid-" + r.String(), Release: r, Imply: e.imply}
}

// clues gathers what the tree, and what lies around it, tells.
func (t *Tree) clues(around *surroundings) clues {
	e := clues{imply: t.looksImply()}
	e.addMentions(around.nearest(t.druid))
	for _, f := range t.Files {
		switch {
		case f.Problem != "":
		case f.Kind == MainConfig:
			e.addMain(f)
		case f.Kind == JVMConfig:
			e.addFlags(f)
			e.addProperties(t, f)
		case f.Kind == CommonProperties || f.Kind == RuntimeProperties:
			e.addProperties(t, f)
		}
	}
	e.addPlace(t)
	return e
}

// addMentions counts what names a release: all that stand equally near.
func (e *clues) addMentions(list []mention) {
	var good releaseSet
	for _, m := range list {
		good |= set(m.release.From, m.release.Until)
	}
	if len(list) == 0 {
		return
	}
	first := list[0]
	c := clue{bad: allReleases &^ good, weight: first.weight, name: first.text, target: first.target}
	if first.file != "" {
		c.name = first.file + " names " + first.text
	}
	e.add(c)
}

// looksImply reports whether the tree has what only Imply's layout has.
func (t *Tree) looksImply() bool {
	for _, f := range t.Files {
		if f.Kind == PivotConfig || f.Kind == SuperviseConfig && bytes.Contains(f.Data, []byte("imply")) {
			return true
		}
	}
	return false
}
