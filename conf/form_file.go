package conf

import (
	"slices"

	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/conf/syntax"
)

// Made reports whether a form has made the file: nobody has written it as it is.
func (f *File) Made() bool { return f.made != nil }

// At is where a stretch of a file is written: in the file itself, or in the source
// that a form has made it of. It is the one place where positions in a made file
// become those that people see. Stock is set for what the image brings.
func (f *File) At(span syntax.Span) (file *File, at syntax.Span, stock bool) {
	if f == nil || f.made == nil {
		return f, span, false
	}
	place := form.Found{Place: f.made.Home}
	if span.Start.Line > 0 {
		if found := f.made.Text.Find(span.Start.Offset, span.End.Offset); found.Source != nil {
			place = found
		}
	}
	file = f.tree.written[place.Source]
	if file == nil {
		return f, span, place.Stock
	}
	return file, file.index().Span(place.From, place.To), place.Stock
}

// Variable reports whether a stretch of a file is set by a variable of a container, or
// would be; an empty one, whether what is added to the file is.
func (f *File) Variable(span syntax.Span) bool {
	if f == nil || f.made == nil {
		return false
	}
	if span.Start.Line == 0 {
		return f.made.Variable(0, 0)
	}
	return f.made.Variable(span.Start.Offset, span.End.Offset)
}

// doubts reports whether a stretch of the file is what an image brings that may bring
// something else.
func (f *File) doubts(span syntax.Span) bool {
	return f != nil && f.made != nil && f.made.Doubt && f.made.Text.Find(span.Start.Offset, span.End.Offset).Stock
}

// Doubtful reports whether what an image brings to the file may be otherwise.
func (f *File) Doubtful() bool { return f != nil && f.made != nil && f.made.Doubt }

// SureFlags are the flags of java that it gets for sure: not those of an image that may
// have others.
func (f *File) SureFlags() []syntax.Flag {
	if f.made == nil || !f.made.Doubt {
		return f.Flags
	}
	return slices.DeleteFunc(slices.Clone(f.Flags), func(flag syntax.Flag) bool { return f.doubts(flag.Span) })
}

// Spell is what has to be written at a stretch of the file so that it becomes the
// text; false if that cannot be.
func (f *File) Spell(span syntax.Span, text string) (string, bool) {
	if f == nil || f.made == nil {
		return text, f == nil || !f.recoded && !f.filledAt(span.Start.Offset, span.End.Offset)
	}
	return f.made.Text.Find(span.Start.Offset, span.End.Offset).Spell(text)
}

// filledAt reports whether a stretch of the file is a value that stands elsewhere: what is
// written in its place would be lost to those who set it there.
func (f *File) filledAt(from, to int) bool {
	return f != nil && slices.ContainsFunc(f.fills, func(fill Fill) bool { return fill.Span.Start.Offset < to && from < fill.Span.End.Offset })
}

// Partial reports whether what comes from an image or a chart may be changed by files
// that are not here.
func (t *Tree) Partial() bool { return t.formed != nil && t.formed.Partial }

// Rewrite is an edit of the file's bytes where they are written; false if they are the
// image's, or cannot be written so there.
func (f *File) Rewrite(from, to int, text string) (source *File, start, end int, spelled string, ok bool) {
	if f.made == nil {
		return f, from, to, text, !f.filledAt(from, to)
	}
	found := f.made.Text.Find(from, to)
	spelled, ok = found.Spell(text)
	source = f.tree.written[found.Source]
	return source, found.From, found.To, spelled, ok && source != nil && !found.Stock
}

// Running reports whether the tree is what a running cluster has answered.
func (t *Tree) Running() bool { return t.Form == form.Cluster }

// Announced is how many processes of a role a running cluster has, else 0.
func (t *Tree) Announced(role string) int64 {
	if t.formed == nil {
		return 0
	}
	return t.formed.Announced[role]
}

// Java is the major version of Java that the processes are known to run on, else 0.
func (t *Tree) Java() int {
	if t.formed == nil {
		return 0
	}
	return t.formed.Java
}

// Facts are what the form has noticed, of a kind.
func (t *Tree) Facts(kind form.FactKind) (list []Fact) {
	if t.formed == nil {
		return nil
	}
	for _, f := range t.formed.Facts {
		if f.Kind == kind {
			list = append(list, Fact{f, t.formPlace(f.At), t.formPlace(f.Other)})
		}
	}
	return list
}

// Limits are what is said of the container of a service, if there is one.
func (s *Service) Limits() (form.Limits, bool) {
	if s.tree == nil || s.tree.formed == nil {
		return form.Limits{}, false
	}
	l, ok := s.tree.formed.Containers[s.Unit()]
	return l, ok
}

// Unit is what the form calls the service, or the folder of it.
func (s *Service) Unit() string {
	for _, f := range []*File{s.Runtime, s.JVM} {
		if f != nil {
			return f.unit
		}
	}
	return s.Name
}

// Written is a place of a source of the tree.
func (t *Tree) Written(p form.Place) Place { return t.formPlace(p) }

// Fact is something that a form has noticed, with its places.
type Fact struct {
	form.Fact
	At, Other Place
}

// formPlace is a place of a source.
func (t *Tree) formPlace(p form.Place) Place {
	f := t.written[p.Source]
	if f == nil {
		return Place{}
	}
	return Place{File: f, Span: f.index().Span(p.From, p.To)}
}
