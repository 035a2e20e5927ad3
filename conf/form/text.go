package form

import (
	"slices"
	"sort"
	"strings"
	"sync"
)

// Source is a file that people wrote.
type Source struct {
	// Path is below the scanned folder, with "/".
	Path string
	Data []byte
	// Recoded is set where the file has other bytes for the same text: nothing in it is
	// edited.
	Recoded bool

	around    *Source // the file that this is a part of, if it is one
	documents []*Node // of YAML, when they have been read
	err       error
	once      sync.Once
}

// Place is a part of a source, by its bytes. Without a source it is nowhere.
type Place struct {
	Source   *Source
	From, To int
}

// Spelling writes text as it has to stand at a place of a source; false if it
// cannot stand there.
type Spelling func(text string) (string, bool)

// Text is text that knows where each part of it is written.
type Text struct {
	s     string
	parts []part // in order, and of the whole text
}

// part is a stretch of a text that comes from one place.
type part struct {
	from int // in the text
	at   Place
	// exact is set where the bytes of the text are those of the place, one for one
	// in position if not in value.
	exact bool
	spell Spelling // nil where the place cannot be edited
	stock bool     // a value of the image
	// variable is set for what a variable of the container sets.
	variable bool
}

// Exact is text that stands at a place byte by byte.
func Exact(s string, at Place, spell Spelling) Text {
	return Text{s, []part{{at: at, exact: true, spell: spell}}}
}

// Made is text that somebody made of what stands at a place.
func Made(s string, at Place) Text { return Text{s, []part{{at: at}}} }

// stockText is text of the image; what is said of it is said of a place.
func stockText(s string, at Place) Text { return Text{s, []part{{at: at, stock: true}}} }

func (t Text) String() string { return t.s }

// Slice is a part of the text.
func (t Text) Slice(from, to int) Text {
	out := Text{s: t.s[from:to]}
	for i := t.index(from); i < len(t.parts) && t.parts[i].from < max(to, from+1); i++ {
		p := t.parts[i]
		if p.from < from {
			if p.exact {
				p.at.From += from - p.from
			}
			p.from = from
		}
		if end := t.end(i); p.exact && end > to {
			p.at.To = p.at.From + to - p.from
		}
		p.from -= from
		out.parts = append(out.parts, p)
	}
	return out
}

// index is the part that holds a byte.
func (t Text) index(at int) int {
	return max(0, sort.Search(len(t.parts), func(i int) bool { return t.parts[i].from > at })-1)
}

// end is where a part ends in the text.
func (t Text) end(i int) int {
	if i+1 < len(t.parts) {
		return t.parts[i+1].from
	}
	return len(t.s)
}

// Join puts texts together.
func Join(texts ...Text) Text {
	var b strings.Builder
	var out Text
	for _, t := range texts {
		for _, p := range t.parts {
			p.from += b.Len()
			out.parts = append(out.parts, p)
		}
		b.WriteString(t.s)
	}
	out.s = b.String()
	return out
}

// Place is where the text is written.
func (t Text) Place() Place { return t.Find(0, len(t.s)).Place }

// Found is where a stretch of a text is written.
type Found struct {
	Place
	// Exact is set where the place is no more than the stretch.
	Exact bool
	// Stock is set for a value of the image.
	Stock bool
	// Variable is set for what a variable of a container sets.
	Variable bool
	spell    Spelling
}

// Spell writes what shall stand at the place; false where it cannot be edited.
func (f Found) Spell(text string) (string, bool) {
	if f.spell == nil || !f.Exact || f.Source != nil && f.Source.Recoded {
		return "", false
	}
	return f.spell(text)
}

// Find is where a stretch is written: that of its first part, as far as it goes
// on there.
func (t Text) Find(from, to int) Found {
	if len(t.parts) == 0 {
		return Found{}
	}
	first, last := t.index(from), t.index(max(from, to-1))
	p := t.parts[first]
	f := Found{Place: p.at, Exact: p.exact, Stock: p.stock, Variable: p.variable, spell: p.spell}
	if p.exact {
		f.From = min(p.at.From+from-p.from, p.at.To)
	}
	q := t.parts[last]
	switch {
	case first == last && p.exact:
		f.To = min(p.at.From+to-p.from, p.at.To)
	case first != last && q.at.Source == p.at.Source && q.at.From >= f.From:
		f.To, f.Exact = q.at.To, false
		if q.exact {
			f.To = min(q.at.From+to-q.from, q.at.To)
		}
	case first != last:
		f.Exact = false
	}
	return f
}

// lines cuts a text behind its line ends.
func (t Text) lines() (list []Text) {
	for at := 0; at < len(t.s); {
		end := strings.IndexByte(t.s[at:], '\n')
		if end < 0 {
			return append(list, t.Slice(at, len(t.s)))
		}
		list = append(list, t.Slice(at, at+end+1))
		at += end + 1
	}
	return list
}

// cut cuts a text at the first of a byte, as strings.Cut does.
func (t Text) cut(sep byte) (before, after Text, found bool) {
	i := strings.IndexByte(t.s, sep)
	if i < 0 {
		return t, Text{parts: t.parts[len(t.parts)-min(1, len(t.parts)):]}, false
	}
	return t.Slice(0, i), t.Slice(i+1, len(t.s)), true
}

// with is another text of the same length at the same places.
func (t Text) with(s string, spell func(Spelling) Spelling) Text {
	out := Text{s: s, parts: append([]part(nil), t.parts...)}
	for i := range out.parts {
		if out.parts[i].spell != nil {
			out.parts[i].spell = spell(out.parts[i].spell)
		}
	}
	return out
}

// made is another text, which was made of this one.
func (t Text) made(s string) Text {
	f := t.Find(0, len(t.s))
	return Text{s, []part{{at: f.Place, stock: f.Stock, variable: f.Variable}}}
}

// ofVariable is the same text as what a variable sets.
func (t Text) ofVariable() Text {
	out := Text{s: t.s, parts: slices.Clone(t.parts)}
	for i := range out.parts {
		out.parts[i].variable = true
	}
	return out
}

// Sources are the files that the text comes from.
func (t Text) Sources() (list []*Source) {
	for _, p := range t.parts {
		if s := p.at.Source; s != nil && (len(list) == 0 || list[len(list)-1] != s) && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}
