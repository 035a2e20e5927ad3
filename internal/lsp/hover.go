package lsp

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/report"
	words "github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// hover explains what is at a place: a property, with what each process gets for it
// and from which line, an extension, or a flag of java.
func (s *server) hover(p documentParams) any {
	a, ok := s.about(p)
	if !ok {
		return nil
	}
	if one, ok := a.settingAt(a.document.path, a.offset); ok {
		return a.hoverSetting(s, one)
	}
	for _, f := range a.of(a.document.path).flags {
		if known, ok := schema.LookupFlag(f.Name); ok && within(f.at, a.offset) {
			return a.shown(f.at.Start.Offset, f.at.End.Offset, explained(func(w io.Writer) error { return report.FlagText(w, known) }))
		}
	}
	return nil
}

func (a asked) hoverSetting(s *server, one setting) any {
	if within(one.text, a.offset) && one.Key == loadList {
		if e, from, to, ok := a.extensionAt(); ok {
			return a.shown(from, to, explained(func(w io.Writer) error { return report.ExtensionText(w, e) }))
		}
	}
	known, ok := schema.Lookup(one.Key)
	gets := a.processes(s, one)
	if !ok {
		return a.shown(one.key.Start.Offset, one.key.End.Offset, "No release of Druid is known to read `"+quoted(one.Key)+"`.\n"+gets)
	}
	return a.shown(one.key.Start.Offset, one.key.End.Offset, gets+"\n"+explained(func(w io.Writer) error {
		return report.PropertyText(w, known, one.tree.Target)
	}))
}

func (a asked) shown(from, to int, markdown string) hover {
	r := a.text.textRange(from, to)
	return hover{markup{"markdown", markdown}, &r}
}

// explained is what implycheck explain prints.
func explained(print func(io.Writer) error) string {
	var b strings.Builder
	_ = print(&b) // to memory
	return "```text\n" + strings.TrimSpace(b.String()) + "\n```\n"
}

// extensionName is what an extension may be called.
var extensionName = lazy.Regexp{Expr: `[A-Za-z0-9_-]+`}

// extensionAt is the extension whose name is at the place.
func (a asked) extensionAt() (e *schema.Extension, from, to int, ok bool) {
	from, to = wordAround(a.text.data, a.offset, extensionName.Get())
	e, ok = schema.LookupExtension(string(a.text.data[from:to]))
	return e, from, to, ok
}

// wordAround are the ends of the word around a byte, in its line.
func wordAround(data []byte, offset int, word *regexp.Regexp) (from, to int) {
	begin := strings.LastIndexAny(string(data[:offset]), "\r\n") + 1
	end := len(data)
	if i := strings.IndexAny(string(data[offset:]), "\r\n"); i >= 0 {
		end = offset + i
	}
	for _, m := range word.FindAllIndex(data[begin:end], -1) {
		if begin+m[0] <= offset && offset <= begin+m[1] {
			return begin + m[0], begin + m[1]
		}
	}
	return offset, offset
}

// processes lists what each process gets for a key. Those that get the same from the
// same line are one entry.
func (a asked) processes(s *server, one setting) string {
	var lines []string
	names := map[string][]string{}
	for _, p := range effective.Hide(one.tree, effective.Of(one.tree, effective.Options{All: true})) {
		v, ok := p.Get(one.Key)
		if !ok {
			continue
		}
		line := a.gets(s, one.tree, v)
		if names[line] == nil {
			lines = append(lines, line)
		}
		names[line] = append(names[line], p.Service)
	}
	var b strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&b, "- %s: %s\n", strings.Join(slices.Compact(names[line]), ", "), line)
	}
	return b.String()
}

// gets says what a process gets, and which line says so.
func (a asked) gets(s *server, t *conf.Tree, v effective.Value) string {
	text := "`" + quoted(cmp.Or(v.Text, v.Origin.Formula)) + "`"
	if _, in, ok := strings.Cut(v.Reading, " = "); ok {
		text += " = " + in
	}
	switch {
	case v.Origin.File != "":
		text += ", from " + a.link(s, t, v.Origin)
	case v.Origin.Kind == effective.Formula && v.Text == "":
		text += ", the default, which the hardware decides"
	default:
		text += ", the default"
	}
	if len(v.Overridden) > 0 {
		var others []string
		for _, o := range v.Overridden {
			others = append(others, a.link(s, t, o))
		}
		text += "; it overrides " + words.List(others)
	}
	if v.Unread {
		text += "; the process does not read it"
	}
	return text
}

// link leads to a line.
func (a asked) link(s *server, t *conf.Tree, o effective.Origin) string {
	dir := t.Path
	if t.Form != conf.FormConf {
		dir = path.Dir(dir)
	}
	name := strings.TrimPrefix(strings.TrimPrefix(o.File, dir), "/")
	return fmt.Sprintf("[%s:%d](%s#L%d)", strings.NewReplacer("[", "(", "]", ")").Replace(quoted(name)), o.Line, s.uri(pathOfFile(o.File)), o.Line)
}

// maxQuoted is how much of a value is shown.
const maxQuoted = 300

// quoted is a text that may stand between backquotes.
func quoted(s string) string {
	if runes := []rune(s); len(runes) > maxQuoted {
		s = string(runes[:maxQuoted]) + "..."
	}
	return strings.ReplaceAll(words.Printable(s), "`", "'")
}

// place is where something is written.
func (a asked) place(s *server, file string, line, column int) location {
	return location{s.uri(pathOfFile(file)), a.rangeOf(finding.Location{File: file, Line: line, Column: column})}
}
