// Package lazy holds package-level values that are made on first use. A literal
// of its types is static data: the program pays for it when it needs it, and not
// in every start.
package lazy

import (
	"io"
	"regexp"
	"strings"
	"sync"
)

// Value is made by New when it is first asked for.
type Value[T any] struct {
	New  func() T
	once sync.Once
	made T
}

// Get is safe for any number of goroutines.
func (v *Value[T]) Get() T {
	v.once.Do(func() { v.made = v.New() })
	return v.made
}

// Regexp is compiled when it is first used. Its methods are those of
// regexp.Regexp.
type Regexp struct {
	Expr string
	// Holds stands in every match. A text without it has none, which is seen
	// without the expression.
	Holds string
	once  sync.Once
	made  *regexp.Regexp
}

// Get is the expression itself. It panics where regexp.MustCompile does.
func (r *Regexp) Get() *regexp.Regexp {
	r.once.Do(func() { r.made = regexp.MustCompile(r.Expr) })
	return r.made
}

// may reports whether a text may hold a match.
func (r *Regexp) may(s string) bool { return strings.Contains(s, r.Holds) }

func (r *Regexp) MatchString(s string) bool { return r.may(s) && r.Get().MatchString(s) }

func (r *Regexp) FindString(s string) string {
	if !r.may(s) {
		return ""
	}
	return r.Get().FindString(s)
}

func (r *Regexp) ReplaceAllString(s, by string) string {
	if !r.may(s) {
		return s
	}
	return r.Get().ReplaceAllString(s, by)
}

func (r *Regexp) FindStringIndex(s string) []int         { return r.Get().FindStringIndex(s) }
func (r *Regexp) FindStringSubmatch(s string) []string   { return r.Get().FindStringSubmatch(s) }
func (r *Regexp) FindStringSubmatchIndex(s string) []int { return r.Get().FindStringSubmatchIndex(s) }
func (r *Regexp) FindSubmatch(b []byte) [][]byte         { return r.Get().FindSubmatch(b) }
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.Get().FindAllStringSubmatch(s, n)
}
func (r *Regexp) Split(s string, n int) []string { return r.Get().Split(s, n) }

// Replacer is a strings.Replacer of Pairs.
type Replacer struct {
	Pairs []string
	once  sync.Once
	made  *strings.Replacer
}

// Get is the replacer itself.
func (r *Replacer) Get() *strings.Replacer {
	r.once.Do(func() { r.made = strings.NewReplacer(r.Pairs...) })
	return r.made
}

func (r *Replacer) Replace(s string) string { return r.Get().Replace(s) }

func (r *Replacer) WriteString(w io.Writer, s string) (int, error) { return r.Get().WriteString(w, s) }
