package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text"
)

// maxProblems bounds what is said of one file: after so many it is no config
// file.
const maxProblems = 20

// reader turns nodes into settings, and gathers what is wrong with them.
type reader struct {
	config   *Config
	problems Problems
}

// fields are the keys of one kind of object, each with how it is read into a T.
type fields[T any] map[string]func(r *reader, into *T, n *syntax.Node)

func (r *reader) fail(n *syntax.Node, format string, args ...any) {
	if !r.full() {
		r.problems = append(r.problems, Problem{r.config.origin(n.Span.Start), fmt.Sprintf(format, args...)})
	}
}

// full reports whether there is enough to say. What comes after is not read, so
// that a file of nonsense costs no time.
func (r *reader) full() bool { return len(r.problems) >= maxProblems }

// failKey is said of a key.
func (r *reader) failKey(m syntax.Member, format string, args ...any) {
	r.fail(&syntax.Node{Span: m.KeySpan}, format, args...)
}

// readObject reads every key of an object; what it is, is said when it is none.
func readObject[T any](r *reader, n *syntax.Node, what string, known fields[T], into *T) {
	if n.Kind != syntax.Object {
		r.fail(n, "%s has keys and values; the keys are %s", what, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		return
	}
	for _, m := range n.Members {
		if r.full() {
			return
		}
		if read, ok := known[m.Key]; ok {
			read(r, into, m.Value)
			continue
		}
		near, _ := text.Nearest(m.Key, slices.Collect(maps.Keys(known)))
		r.failKey(m, "%s has no such key: %s", what, didYouMean(near, slices.Sorted(maps.Keys(known))))
	}
}

// text reads a scalar; empty with a problem if it is none.
func (r *reader) text(n *syntax.Node) string {
	if n.Kind == syntax.Null || n.Kind == syntax.Array || n.Kind == syntax.Object || n.Text == "" {
		r.fail(n, "a value is missing here: write a text or a number")
		return ""
	}
	return n.Text
}

// list gives the items of a list.
func (r *reader) list(n *syntax.Node) []*syntax.Node {
	if n.Kind != syntax.Array {
		r.fail(n, "a list is written [a, b], or with a line and a dash for each")
		return nil
	}
	if r.full() {
		return nil
	}
	return n.Items
}

// date reads a day.
func (r *reader) date(n *syntax.Node) Date {
	text := r.text(n)
	if text == "" {
		return ""
	}
	day, err := ParseDate(text)
	if err != nil {
		r.fail(n, "this is not a date: write it as 2027-03-31")
	}
	return day
}

// oneDocument makes sure that nothing stands behind the first document, which
// is all that is read.
func oneDocument(data []byte) (err error) {
	defer func() { // the library reports by panics, and might let one escape
		if recover() != nil {
			err = errors.New("not readable as YAML")
		}
	}()
	var first, second yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&first); err != nil {
		return nil // an empty file, or one that conf has spoken of
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return errors.New("a second document begins in this file, and would not be read: keep one")
	}
	return nil
}
