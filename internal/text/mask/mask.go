// Package mask hides the secrets in what leaves the program.
//
// It is the one place that knows how a secret looks in a text: what stands
// behind a key that holds one (assign.go), the user's part of a URL (url.go), the
// argument of a flag (flag.go), an element of XML (element.go), a sentence of a
// comment (prose.go), and what gives itself away wherever it stands (shape.go).
// Which keys hold secrets its caller says. Find finds such places, and a Masker
// hides them, together with the secrets that were found elsewhere, in a tree's
// files: a message may quote one without its key.
//
// All of it takes time in proportion to the text, whatever the text is.
package mask

import (
	"slices"
	"strings"
)

// Text stands for every secret, whatever its length.
const Text = "****"

// Masker hides secrets in texts. The zero Masker, without Key, hides only what
// gives itself away. It may be used by several goroutines.
type Masker struct {
	key   func(key string) bool
	known []string
	all   *strings.Replacer
	words []string
}

// New makes a masker. Key reports whether the value of a key is a secret. Known
// are secrets that are hidden wherever they stand, as far as they are not mere
// words.
func New(key func(key string) bool, known ...string) *Masker {
	m := &Masker{key: key}
	for _, secret := range known {
		if telling(secret) {
			m.known = append(m.known, secret)
		}
	}
	if len(m.known) == 0 {
		return m
	}
	slices.SortFunc(m.known, func(a, b string) int { return len(b) - len(a) }) // the whole before its parts
	m.known = slices.Compact(m.known)
	pairs := make([]string, 0, 2*len(m.known))
	for _, secret := range m.known {
		pairs = append(pairs, secret, Text)
	}
	m.all = strings.NewReplacer(pairs...)
	return m
}

// With is a masker that hides these secrets too where they stand as words, even
// those that are words of the language: it is for what is said of the line they
// stand in.
func (m *Masker) With(secrets []string) *Masker {
	if len(secrets) == 0 {
		return m
	}
	with := *m
	with.words = slices.Concat(m.words, secrets)
	return &with
}

// Text hides the secrets in a text of unknown make.
func (m *Masker) Text(text string) string {
	return m.Known(Replace(text, Find(text, Options{Key: m.key})))
}

// Value hides the secrets in the value of a key.
func (m *Masker) Value(key, value string) string {
	if m.key == nil || !m.key(key) {
		return m.Known(Replace(value, Find(value, Options{Key: m.key, Whole: true})))
	}
	return m.Known(Replace(value, FindInSecret(value)))
}

// Known hides only the secrets that are known from elsewhere, which costs next to
// nothing where there are none.
func (m *Masker) Known(text string) string {
	if m.all != nil && (len(m.known) > few || slices.ContainsFunc(m.known, func(secret string) bool { return strings.Contains(text, secret) })) {
		text = m.all.Replace(text)
	}
	for _, word := range m.words {
		text = replaceWord(text, word)
	}
	return text
}

// few secrets are looked for one by one, which is faster where there are none.
const few = 16

// Place is a part of a text, by its bytes.
type Place struct{ From, To int }

// Replace hides places of a text, which Find gives in their order.
func Replace(text string, places []Place) string {
	if len(places) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, p := range places {
		b.WriteString(text[at:p.From])
		b.WriteString(Text)
		at = p.To
	}
	b.WriteString(text[at:])
	return b.String()
}
