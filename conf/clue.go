package conf

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// releaseSet has a bit for each release.
type releaseSet uint64

// set is the releases from one to another.
func set(from, until schema.Release) releaseSet {
	if from > until {
		return 0
	}
	return releaseSet(1)<<(until+1) - releaseSet(1)<<from
}

const (
	allReleases   = releaseSet(1)<<(schema.Newest+1) - releaseSet(1)<<schema.First
	knownReleases = releaseSet(1)<<(schema.Newest+1) - releaseSet(1)<<schema.Oldest
	olderReleases = allReleases &^ knownReleases
)

func before(r schema.Release) releaseSet { return set(schema.First, r-1) }
func after(r schema.Release) releaseSet  { return set(r+1, schema.Newest) }

func (s releaseSet) has(r schema.Release) bool { return s>>r&1 == 1 }
func (s releaseSet) first() schema.Release     { return schema.Release(bits.TrailingZeros64(uint64(s))) }
func (s releaseSet) last() schema.Release      { return schema.Release(63 - bits.LeadingZeros64(uint64(s))) }

// What a clue weighs. People's trees worked: what a release refuses weighs most,
// then what it does not know yet, and least what it no longer reads, since lines
// outlive upgrades.
const (
	leftOver = 1
	unusual  = 2
	notYet   = 4
	stopper  = 8
	named    = 60
	shipped  = 120
)

// clue is something in a tree that makes sense in some releases only.
type clue struct {
	// bad are the releases in which it does not.
	bad    releaseSet
	weight int
	// says what it is, a format for name and release.
	says    string
	name    string
	release schema.Release
	file    *File
	line    int
	target  schema.Target // of what names a release
}

func (c *clue) String() string {
	text := c.name
	switch {
	case c.says == "":
	case c.release == 0:
		text = fmt.Sprintf(c.says, c.name)
	default:
		text = fmt.Sprintf(c.says, c.name, c.release)
	}
	if c.file != nil && c.line > 0 {
		start := syntax.Position{Offset: c.file.Offset(c.line, 1), Line: c.line, Column: 1}
		file, at, _ := c.file.At(syntax.Span{Start: start, End: start})
		return fmt.Sprintf("%s (%s:%d)", text, file.Base(), at.Start.Line)
	}
	return text
}

// clues are what a tree has of them, each once.
type clues struct {
	list   []clue
	imply  bool
	scores [64]int
}

// add counts a clue, unless it says what another has said: the same line copied
// into every process's file is one.
func (e *clues) add(c clue) {
	c.bad &= allReleases
	if c.bad == 0 || c.bad == allReleases || slices.ContainsFunc(e.list, func(o clue) bool { return o.bad == c.bad && o.says == c.says && o.name == c.name }) {
		return
	}
	e.list = append(e.list, c)
	for r := schema.First; r <= schema.Newest; r++ {
		if c.bad.has(r) {
			e.scores[r] += c.weight
		}
	}
}

// best are the releases of a set in which least goes wrong, and how much that is.
func (e *clues) best(among releaseSet) (found releaseSet, score int) {
	score = -1
	for r := among.first(); r <= among.last(); r++ {
		switch {
		case score < 0 || e.scores[r] < score:
			found, score = set(r, r), e.scores[r]
		case e.scores[r] == score:
			found |= set(r, r)
		}
	}
	return found, score
}

// within are the releases of a set that score no more.
func (e *clues) within(among releaseSet, score int) (found releaseSet) {
	for r := among.first(); r <= among.last(); r++ {
		if e.scores[r] <= score {
			found |= set(r, r)
		}
	}
	return found
}

// reasons are the strongest clues against the releases outside of a range: what
// names the release, then what keeps it from being older and newer.
func (e *clues) reasons(possible schema.Range) []string {
	sorted := slices.Clone(e.list)
	slices.SortStableFunc(sorted, func(a, b clue) int { return cmp.Compare(b.weight, a.weight) })
	older, newer := before(possible.Oldest()), after(possible.Newest())
	inside := set(possible.Oldest(), possible.Newest())
	var texts []string
	for _, against := range []releaseSet{older, newer, older | newer} {
		for i := range sorted {
			c := &sorted[i]
			// The nearest release outside is the one that it takes a clue to exclude.
			if c.bad&inside == inside || c.bad&against == 0 || against == older && !c.bad.has(possible.Oldest()-1) || against == newer && !c.bad.has(possible.Newest()+1) {
				continue
			}
			if text := c.String(); !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
			break
		}
	}
	return texts
}
