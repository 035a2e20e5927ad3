package conf

import (
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/schema"
)

// findSecrets looks at a file twice: at its bytes, whatever they are, and at what
// its reader makes of them, who knows escapes, quotes and lines that go on.
func findSecrets(f *File) []secret {
	yaml := f.Kind == PivotConfig || f.Kind == TranquilityYAML || f.Kind == Written
	s := secretFinder{data: string(f.Data)}
	o := mask.Options{Key: schema.IsSecret, Lines: yaml || f.Properties != nil, Indented: yaml}
	if f.Kind == Written {
		o.Key = isSecretVariable
	}
	for _, p := range mask.Find(s.data, o) {
		s.add(p, s.data[p.From:p.To])
	}
	for _, made := range f.makes {
		s.made(f, made)
	}
	if f.Properties != nil {
		s.properties(f.Properties)
	}
	for _, flag := range f.Flags {
		s.flag(flag)
	}
	if f.Args != nil {
		s.words(f.Args.Words)
	}
	if f.Supervise != nil {
		for i := range f.Supervise.Commands {
			s.words(f.Supervise.Commands[i].Words)
		}
	}
	s.node("", f.Node)
	if strings.Contains(s.data, "&") || strings.Contains(s.data, "<!") {
		s.element(f.XML)
	}
	return s.list
}

// secretFinder collects the secrets of one file.
type secretFinder struct {
	data string
	list []secret
}

// isSecretVariable is IsSecret of a key that may be the name of a variable, in which
// underscores stand for dots.
func isSecretVariable(key string) bool {
	return schema.IsSecret(key) || strings.Contains(key, "_") && schema.IsSecret(strings.ReplaceAll(key, "_", "."))
}

// made looks at what a form has made of the file: a secret in it is one where it is
// written.
func (s *secretFinder) made(written, made *File) {
	for _, secret := range made.secrets().list {
		span := made.index().Span(secret.From, secret.To)
		if file, at, stock := made.At(span); file == written && !stock && secret.From < secret.To {
			s.list = append(s.list, secretAt(placeOf(at), secret))
		}
	}
}

func secretAt(p mask.Place, of secret) secret { return secret{p, of.texts} }

func (s *secretFinder) add(p mask.Place, text string) {
	s.list = append(s.list, secret{p, mask.Spellings(text)})
}

// value looks at the value of a key as it is read. Raw is its place: all of it is
// hidden where it is written otherwise than it reads.
func (s *secretFinder) value(key, value string, raw mask.Place) {
	var places []mask.Place
	if schema.IsSecret(key) {
		places = mask.FindInSecret(value)
	} else {
		places = mask.Find(value, mask.Options{Key: schema.IsSecret, Whole: true})
	}
	written := s.data[raw.From:raw.To]
	at := strings.Index(written, value) // behind a quote, perhaps
	for _, p := range places {
		place, text := raw, value[p.From:p.To]
		switch {
		case at >= 0 && strings.Trim(written[:at]+written[at+len(value):], `"'`) == "":
			place = mask.Place{From: raw.From + at + p.From, To: raw.From + at + p.To}
		case p.To == len(value) && strings.HasSuffix(written, text):
			place.From = raw.To - len(text)
		}
		s.add(place, text)
	}
}

// properties looks at the entries that their lines do not show as they are read,
// and at URLs, in which a password may be anything.
func (s *secretFinder) properties(p *syntax.Properties) {
	for i := range p.Entries {
		s.entry(&p.Entries[i])
	}
	for c := range p.Comments() {
		if c.Property != nil {
			s.entry(c.Property)
		}
	}
}

// entry looks at a value, and at a key that has taken its value up: password\=x.
func (s *secretFinder) entry(e *syntax.Entry) {
	if !s.plain(e) || isURL(e.Value) {
		s.value(e.Key, e.Value, placeOf(e.ValueSpan))
	}
	if strings.ContainsAny(e.Key, "=:") {
		s.value("", e.Key, placeOf(e.KeySpan))
	}
	if node := syntax.ParseJSONValue(e.Value); node != nil && !schema.IsSecret(e.Key) {
		s.json(e, node)
	}
	if strings.HasSuffix(e.Key, "javaOpts") {
		s.javaOpts(e)
	}
}

// json looks at the array or object that a value is. Where the value is not written
// as it reads, nobody knows the places in it.
func (s *secretFinder) json(e *syntax.Entry, node *syntax.Node) {
	inside := secretFinder{data: e.Value}
	inside.node(e.Key, node)
	value := placeOf(e.ValueSpan)
	for _, secret := range inside.list {
		place := value
		if s.plain(e) {
			place = mask.Place{From: value.From + secret.From, To: value.From + secret.To}
		}
		s.list = append(s.list, secretAt(place, secret))
	}
}

// javaOpts looks at the arguments of java that a property holds. An argument that
// is written otherwise than it reads may stand anywhere in the rest.
func (s *secretFinder) javaOpts(e *syntax.Entry) {
	rest := placeOf(e.ValueSpan)
	lost := false
	for _, word := range syntax.SplitJavaOpts(e.Value) {
		place, at := rest, -1
		if !lost {
			at = strings.Index(s.data[rest.From:rest.To], word)
			lost = at < 0
		}
		if !lost {
			place = mask.Place{From: rest.From + at, To: rest.From + at + len(word)}
			rest.From = place.To
		}
		s.argument(strings.ReplaceAll(word, `"`, ""), place)
	}
}

// isURL reports whether a value may be a URL, in which a password may be anything.
func isURL(value string) bool {
	return strings.Contains(value, "://") || strings.HasPrefix(value, "jdbc:")
}

// plain reports whether an entry is read as it is written: key=value.
func (s *secretFinder) plain(e *syntax.Entry) bool {
	sign := strings.ContainsAny(s.data[e.KeySpan.End.Offset:e.ValueSpan.Start.Offset], "=:")
	return sign && e.Lines == 1 && e.Value == e.RawValue && len(e.Key) == e.KeySpan.End.Offset-e.KeySpan.Start.Offset
}

func placeOf(span syntax.Span) mask.Place {
	return mask.Place{From: span.Start.Offset, To: span.End.Offset}
}

// flag looks at an argument of java, which xargs has taken quotes and backslashes
// from.
func (s *secretFinder) flag(flag syntax.Flag) {
	if flag.Kind == syntax.SystemProperty || flag.Text != flag.Raw {
		s.argument(flag.Text, placeOf(flag.Span))
	}
}

// argument looks at a word of a command line, as the program gets it, and at its
// place in the file, quotes and all.
func (s *secretFinder) argument(text string, raw mask.Place) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" || strings.ContainsAny(name, " \t:/?&;,") {
		s.value("", text, raw)
		return
	}
	name = strings.TrimLeft(strings.TrimPrefix(name, "-D"), "-")
	raw.From += max(0, strings.IndexByte(s.data[raw.From:raw.To], '=')+1)
	if schema.IsSecret(name) || isURL(value) || s.data[raw.From:raw.To] != value {
		s.value(name, value, raw)
	}
}

// words looks at words that were one until the shell cut them at their blanks.
func (s *secretFinder) words(words []syntax.Word) {
	for i := 0; i < len(words); {
		if words[i].Text != words[i].Raw {
			s.argument(words[i].Text, placeOf(words[i].Span))
		}
		text, next := words[i].Text, i+1
		for ; next < len(words) && words[next].SplitFrom == words[i].SplitFrom; next++ {
			text += " " + words[next].Text
		}
		if next > i+1 {
			s.argument(text, mask.Place{From: words[i].Span.Start.Offset, To: words[next-1].Span.End.Offset})
		}
		i = next
	}
}

// node looks at JSON and YAML. What is below a secret key has been found in the
// bytes, as far as it is no scalar.
func (s *secretFinder) node(key string, n *syntax.Node) {
	if n == nil {
		return
	}
	switch n.Kind {
	case syntax.Object:
		name, named := n.Get("name")
		for _, m := range n.Members {
			if m.Key == "value" && named { // name: DB_PASSWORD, value: x
				s.node(name.Text, m.Value)
			} else {
				s.node(m.Key, m.Value)
			}
		}
	case syntax.Array:
		for i, item := range n.Items {
			if i > 0 && isSecretFlag(n.Items[i-1]) { // - --password, - x
				s.node(strings.TrimLeft(n.Items[i-1].Text, "-"), item)
			} else {
				s.node(key, item)
			}
		}
	case syntax.String, syntax.Number:
		raw := placeOf(n.Span)
		if strings.HasPrefix(n.Text, "-D") {
			s.argument(n.Text, raw)
			return
		}
		written := strings.Trim(s.data[raw.From:raw.To], `"'`)
		if written != n.Text || isURL(written) || schema.IsSecret(key) {
			s.value(key, n.Text, raw)
		}
	case syntax.Null, syntax.Bool:
	}
}

// isSecretFlag reports whether a word of a command line says that the next one is a
// secret.
func isSecretFlag(n *syntax.Node) bool {
	return n.Kind == syntax.String && strings.HasPrefix(n.Text, "-") && !strings.Contains(n.Text, "=") && schema.IsSecret(strings.TrimLeft(n.Text, "-"))
}

// element looks at XML in which a text may be written otherwise than it reads.
func (s *secretFinder) element(e *syntax.Element) {
	if e == nil {
		return
	}
	named, _ := e.Attr("name")
	name := named
	if schema.IsSecret(e.Name) {
		name = e.Name
	}
	s.value(name, strings.TrimSpace(e.Text), placeOf(e.TextSpan))
	for _, a := range e.Attrs {
		key := a.Name
		if key == "value" {
			key = named
		}
		s.value(key, a.Value, placeOf(a.Span))
	}
	for _, child := range e.Children {
		s.element(child)
	}
	if name, ok := e.Child("name"); ok && e.Name == "property" {
		if value, ok := e.Child("value"); ok {
			s.value(strings.TrimSpace(name.Text), strings.TrimSpace(value.Text), placeOf(value.TextSpan))
		}
	}
}
