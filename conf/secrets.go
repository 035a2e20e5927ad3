package conf

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/schema"
)

// Masker hides the secrets of the tree in whatever is said of it, and so does
// MaskerAt in what is said of some lines: a short password, or one that is an
// ordinary word, is hidden there too where nothing but the place tells that it
// is one.
func (t *Tree) Masker() *mask.Masker { return t.secrets.of(t).masker }

// FindSecrets has another core find the tree's secrets while the caller goes on,
// until it waits for that to end.
func (t *Tree) FindSecrets() (wait func()) {
	var finder crew
	finder.do(func() { t.Masker() })
	return finder.wait
}

// MaskerAt is Masker for what is said of lines of a file, by its path.
func (t *Tree) MaskerAt(m *mask.Masker, file string, first, last int) *mask.Masker {
	f := t.secrets.of(t).files[file]
	if f == nil || first <= 0 {
		return m
	}
	from, _ := f.line(first)
	_, to := f.line(max(first, last))
	return f.MaskerOf(m, from, to)
}

// MaskerOf is Masker for what is said of a part of a file, by its bytes.
func (f *File) MaskerOf(m *mask.Masker, from, to int) *mask.Masker {
	var texts []string
	for _, secret := range f.secrets().within(from, to) {
		texts = append(texts, secret.texts...)
	}
	return m.With(texts)
}

// manySecrets is how many of them a single value may hold before all of it is hidden:
// each is looked for.
const manySecrets = 100

// Hide is what a reader has made of a part of the file, the value of a key, without
// the secrets that stand there.
func (f *File) Hide(key, text string, at syntax.Span) string {
	from, to := at.Start.Offset, at.End.Offset
	secrets := f.secrets().within(from, to)
	whole := strings.TrimSpace(text)
	is := func(s secret) bool { return slices.Contains(s.texts, whole) }
	if whole != "" && (len(secrets) > manySecrets || slices.ContainsFunc(secrets, is)) {
		return mask.Text
	}
	return f.MaskerOf(Masker(), from, to).Value(key, text)
}

// Masker hides what gives itself away in a text that belongs to no tree.
func Masker() *mask.Masker { return mask.New(schema.IsSecret) }

// treeSecrets are the secrets of all files of a tree, found when first asked for.
type treeSecrets struct {
	once   sync.Once
	masker *mask.Masker
	files  map[string]*File // those that have any
}

func (s *treeSecrets) of(t *Tree) *treeSecrets {
	s.once.Do(func() {
		s.files = map[string]*File{}
		var known []string
		for _, f := range t.Files {
			for _, secret := range f.secrets().list {
				known = append(known, secret.texts...)
				s.files[f.Path] = f
			}
		}
		s.masker = mask.New(schema.IsSecret, known...)
	})
	return s
}

// MaskedLine is a line of the file, counted from 1, without the secrets that
// stand in it.
func (f *File) MaskedLine(n int) string { return f.maskedLine(n).text }

// MaskedColumns are two columns of a line, which begin and end something, in MaskedLine.
func (f *File) MaskedColumns(n, from, to int) (int, int) {
	line := f.maskedLine(n)
	if line.plain {
		return from, to
	}
	begin, end := f.line(n)
	text := string(f.Data[begin:end])
	return mask.Column(text, line.text, from, false), mask.Column(text, line.text, to, true)
}

// maskedLine is a line as it may be shown.
type maskedLine struct {
	n     int
	text  string
	plain bool // it has no secret
}

func (f *File) maskedLine(n int) *maskedLine {
	// Findings come line by line, and a line may be as long as the file.
	if last := f.lastLine.Load(); last != nil && last.n == n {
		return last
	}
	from, to := f.line(n)
	text := f.Masked(from, to)
	line := &maskedLine{n, text, text == string(f.Data[from:to])}
	f.lastLine.Store(line)
	return line
}

// Masked is a part of the file, by its bytes, without the secrets in it.
func (f *File) Masked(from, to int) string {
	var places []mask.Place
	for _, secret := range f.secrets().within(from, to) {
		p := mask.Place{From: max(secret.From-from, 0), To: min(secret.To, to) - from}
		switch n := len(places); {
		case p.From >= p.To:
		case n > 0 && p.From <= places[n-1].To:
			places[n-1].To = max(places[n-1].To, p.To)
		default:
			places = append(places, p)
		}
	}
	return mask.Replace(string(f.Data[from:to]), places)
}

// secret is a place of a file that holds one, and how it may be written.
type secret struct {
	mask.Place
	texts []string
}

// fileSecrets are the secrets of a file in the order of their places. Some have
// no place: a reader has found them who does not know it.
type fileSecrets struct {
	list    []secret
	longest int // of the places, to find those that reach into a line
}

// secrets finds the secrets of a file when they are first asked for.
func (f *File) secrets() *fileSecrets {
	f.secret.once.Do(func() {
		s := &f.secret.fileSecrets
		if f.Problem == "" {
			s.list = findSecrets(f)
		}
		slices.SortStableFunc(s.list, func(a, b secret) int { return a.From - b.From })
		for _, secret := range s.list {
			s.longest = max(s.longest, secret.To-secret.From)
		}
	})
	return &f.secret.fileSecrets
}

// line is where a line of the file begins and ends.
func (f *File) line(n int) (from, to int) {
	from = f.Offset(n, 1)
	return from, from + len(f.index().Line(n))
}

// within are the secrets that reach into a part of the file.
func (s *fileSecrets) within(from, to int) []secret {
	first := sort.Search(len(s.list), func(i int) bool { return s.list[i].From+s.longest >= from })
	var list []secret
	for _, secret := range s.list[first:] {
		if secret.From >= to {
			break
		}
		if secret.To > from {
			list = append(list, secret)
		}
	}
	return list
}
