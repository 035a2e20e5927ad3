package report

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// What pages show of findings, every text of it printable.
type (
	group struct {
		Subject string
		Cards   iter.Seq[Card]
	}
	// Card is one finding as a page shows it, every text of it printable.
	Card struct {
		Tree, Severity, Rule, Docs, Message, Service, Reason, FixTitle string
		Places                                                         []pagePlace // The first is the finding's own.
		Details                                                        []detail
		Hunks                                                          []hunk
	}
	pagePlace struct {
		Note, Place string
		Excerpt     *pageExcerpt
	}
	// pageExcerpt is a source line, cut at the place to look at.
	pageExcerpt struct {
		Line                  int
		Gutter                string
		Before, Marked, After string
		Indent, Caret         string
	}
)

// shown is a finding of the page, and why it was suppressed if it was.
type shown struct {
	*finding.Finding
	why *finding.Suppression
}

func shownOf(findings []finding.Finding) []shown {
	list := make([]shown, len(findings))
	for i := range findings {
		list[i].Finding = &findings[i]
	}
	return list
}

func suppressedOf(findings []finding.Suppressed) []shown {
	list := make([]shown, len(findings))
	for i := range findings {
		list[i] = shown{&findings[i].Finding, &findings[i].Suppression}
	}
	slices.SortStableFunc(list, func(a, b shown) int { return finding.Compare(*a.Finding, *b.Finding) })
	return list
}

// groups are the findings of one file each. Cards are made when they are
// written, so that thousands of them are never in memory.
func groups(list []shown) iter.Seq[group] {
	return func(yield func(group) bool) {
		for rest := list; len(rest) > 0; {
			n := slices.IndexFunc(rest, func(s shown) bool { return s.Tree != rest[0].Tree || s.File != rest[0].File })
			if n < 0 {
				n = len(rest)
			}
			if !yield(group{printable(subjectOf(rest[0].Finding)), cards(rest[:n])}) {
				return
			}
			rest = rest[n:]
		}
	}
}

func cards(list []shown) iter.Seq[Card] {
	return func(yield func(Card) bool) {
		for _, s := range list {
			if !yield(cardOf(s, pageExcerptOf)) {
				return
			}
		}
	}
}

// Cards are findings for a page that draws them itself.
// Nothing here measures text, for whose widths there is a large table: a browser does
// that by itself.
func Cards(findings []finding.Finding) []Card {
	return each(shownOf(findings), func(s shown) Card { return cardOf(s, wholeExcerpt) })
}

// wholeExcerpt is the whole line.
func wholeExcerpt(at finding.Location, _ string) *pageExcerpt {
	if at.Line <= 0 || at.Source == "" {
		return nil
	}
	at = at.InSource()
	runes := []rune(strings.TrimRight(at.Source, "\r\n"))
	from := min(max(at.Column-1, 0), len(runes))
	to := len(runes)
	if at.EndLine == at.Line {
		to = min(max(at.EndColumn-1, from), len(runes))
	}
	part := func(from, to int) string { return printable(string(runes[from:to])) }
	return &pageExcerpt{Line: at.Line, Before: part(0, from), Marked: part(from, to), After: part(to, len(runes))}
}

func cardOf(s shown, excerpt func(finding.Location, string) *pageExcerpt) Card {
	c := Card{
		Tree: printable(s.Tree), Severity: s.Severity.String(), Rule: printable(s.Rule), Docs: DocsURL(s.Docs), Message: printable(s.Message), Service: printable(s.Service),
		Hunks: hunks(s.Fix),
	}
	if len(c.Hunks) > 0 {
		c.FixTitle = fixTitle(s.Fix)
	}
	if s.why != nil {
		c.Reason = printable(suppressedBy(*s.why))
	}
	if s.File != "" {
		c.Places = []pagePlace{{"", location(s.Location), excerpt(s.Location, "^")}}
	}
	for _, r := range s.Related {
		c.Places = append(c.Places, pagePlace{printable(r.Message), location(r.Location), excerpt(r.Location, "-")})
	}
	c.Details = each(details(s.Finding), func(d detail) detail { return detail{d.Label, each(d.Lines, printable)} })
	return c
}

// pageWidth is how many characters an excerpt may have, to fit the page and paper.
const pageWidth = 96

func pageExcerptOf(at finding.Location, mark string) *pageExcerpt {
	if at.Line <= 0 || at.Source == "" {
		return nil
	}
	e := newExcerpt(at, pageWidth)
	from := byteAt(e.text, e.offset)
	to := byteAt(e.text, e.offset+e.length)
	return &pageExcerpt{
		Line: at.Line, Gutter: strings.Repeat(" ", len(strconv.Itoa(at.Line))) + " | ", Before: e.text[:from], Marked: e.text[from:to], After: e.text[to:],
		Indent: strings.Repeat(" ", e.offset), Caret: strings.Repeat(mark, e.length),
	}
}

// byteAt is where a screen column begins in printable text. A mark that stands
// on the character before belongs to it.
func byteAt(text string, column int) int {
	at := 0
	for i, r := range text {
		width := screen.RuneWidth(r)
		if at >= column && width > 0 {
			return i
		}
		at += width
	}
	return len(text)
}
