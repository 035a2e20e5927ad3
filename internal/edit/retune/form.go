package retune

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/sizing"
)

// A tree in another form has files that nobody has written: what becomes of them is
// changed where it is written. A value that stands there is replaced in the way it is
// quoted there. One that stands nowhere becomes a line beside another one of the same
// process, in the way that is written: a variable, an item of a list, a line in a
// block. Where a process has no line of its own, a note says what to write.

// setting is a property or a flag that a process of a form gets and that stands
// nowhere yet.
type setting struct {
	service *conf.Service
	figure  sizing.Figure
	flag    string // of java, instead of the figure
}

// inForm moves the edits of made files to those that people write.
func (e *editor) inForm() {
	for _, f := range e.tree.Files {
		if !f.Made() {
			continue
		}
		for _, change := range e.edits[f] {
			e.move(f, trimmed(f.Data, change))
		}
		delete(e.edits, f)
	}
	e.homeless = map[*conf.Service][]string{}
	for _, s := range e.settings {
		e.insert(s)
	}
	e.tellHomeless()
}

// trimmed is an edit without what it leaves as it is.
func trimmed(data []byte, c edit) edit {
	for c.start < c.end && c.text != "" && data[c.start] == c.text[0] {
		c.start, c.text = c.start+1, c.text[1:]
	}
	for c.start < c.end && c.text != "" && data[c.end-1] == c.text[len(c.text)-1] {
		c.end, c.text = c.end-1, c.text[:len(c.text)-1]
	}
	return c
}

// writable reports whether an edit of a file can be made where it is written, for the
// process or the processes that read the file and for no others.
func (e *editor) writable(f *conf.File, c edit) bool {
	if !f.Made() {
		return true
	}
	at := place{}
	at.file, _, at.offset, _, _ = f.Rewrite(max(c.start, c.end-1), c.end, "")
	c = trimmed(f.Data, c)
	_, _, _, _, ok := f.Rewrite(c.start, c.end, c.text)
	return ok && (e.shared(f) || e.alone(at))
}

// alone reports whether one process alone has what ends at a place.
func (e *editor) alone(at place) bool {
	if e.owners == nil {
		e.owners = map[place]int{}
		for _, s := range e.tree.Services {
			own := append(places(s.Runtime), places(s.JVM)...)
			slices.SortFunc(own, func(a, b place) int {
				return cmp.Or(strings.Compare(a.file.Path, b.file.Path), cmp.Compare(a.offset, b.offset))
			})
			for _, p := range slices.Compact(own) {
				e.owners[p]++
			}
		}
	}
	return e.owners[at] < 2
}

// move makes an edit of a made file one of its source.
func (e *editor) move(f *conf.File, c edit) {
	source, from, to, text, ok := f.Rewrite(c.start, c.end, c.text)
	crosses := func(o edit) bool { return o != (edit{from, to, text}) && o.start <= to && from <= o.end }
	if !ok || slices.ContainsFunc(e.edits[source], crosses) {
		line := f.MaskedLine(1 + bytes.Count(f.Data[:c.start], []byte("\n")))
		e.note("%s: %s is written so that it cannot be changed there: do it by hand", path.Dir(f.Rel()), line)
		return
	}
	e.replace(source, edit{from, to, text})
}

// javaVariables are those that the image makes flags of.
var javaVariables = []struct{ flag, name string }{
	{"-Xmx", "DRUID_XMX"}, {"-Xms", "DRUID_XMS"}, {"-XX:MaxDirectMemorySize=", "DRUID_MAXDIRECTMEMORYSIZE"},
	{"-XX:NewSize=", "DRUID_NEWSIZE"}, {"-XX:MaxNewSize=", "DRUID_MAXNEWSIZE"},
}

// variable is what a setting is called in an environment, and its value; false if no
// variable stands for it.
func (s setting) variable() (name, value string, ok bool) {
	if s.flag == "" {
		return strings.ReplaceAll(s.figure.Key, ".", "_"), s.figure.Value, !strings.Contains(s.figure.Key, "_")
	}
	for _, v := range javaVariables {
		if value, ok := strings.CutPrefix(s.flag, v.flag); ok {
			return v.name, value, true
		}
	}
	return "", "", false
}

func (s setting) String() string {
	if s.flag != "" {
		return s.flag
	}
	return s.figure.Key + "=" + s.figure.Value
}

// The ways in which people write one setting a line.
var (
	listedLine = lazy.Regexp{Expr: `^(\s*- )(["']?)([A-Za-z_][\w.]*)=`}
	namedLine  = lazy.Regexp{Expr: `^(\s*)- name: *["']?([A-Za-z_][\w.]*)["']? *$`}
	valueLine  = lazy.Regexp{Expr: `^\s*value: *[^|>&*\s]`}
	mappedLine = lazy.Regexp{Expr: `^(\s*)["']?([A-Z_][A-Z0-9_]*|druid[_.][\w.]*)["']?: *[^|>&*{\[\s]`}
	flagLine   = lazy.Regexp{Expr: `^(\s*)-[XD]\S+\s*$`}
	plainLine  = lazy.Regexp{Expr: `^(\s*)([A-Za-z_][\w.]*) *= *\S`}
)

// operatorPort is a field of a node in a resource of the operator, and no property: what
// lies beside it are other fields.
const operatorPort = "druid.port"

// unforked is a figure for tasks under the key that a MiddleManager hands on to them,
// where the image makes properties of variables: it deletes a fork property when it
// sets the one that has the rest of its name.
func (e *editor) unforked(s *conf.Service, f sizing.Figure) sizing.Figure {
	inner, forked := strings.CutPrefix(f.Key, conf.ForkPrefix)
	if forked && s.Name == "middleManager" && e.tree.Form != "operator" && strings.HasPrefix(inner, "druid.processing.") {
		f.Key = inner
	}
	return f
}

// insert writes a setting beside one that the process has for itself.
func (e *editor) insert(s setting) {
	for _, f := range []*conf.File{s.service.Runtime, s.service.JVM} {
		for _, at := range places(f) {
			if !e.alone(at) {
				continue
			}
			if line, end, ok := s.beside(at.file.Data, at.offset, isYAML(at.file.Path)); ok {
				e.replace(at.file, edit{end, end, line})
				return
			}
		}
	}
	if e.environment(s) {
		return
	}
	name, value, ok := s.variable()
	text := s.String()
	if ok && e.tree.Form != "operator" {
		text = name + "=" + value
	}
	e.homeless[s.service] = append(e.homeless[s.service], text)
}

// tellHomeless says what has no place, in one sentence for each process.
func (e *editor) tellHomeless() {
	for _, s := range e.tree.Services {
		if list := e.homeless[s]; len(list) > 0 {
			e.note("%s has no line of its own in %s to write these next to: add by hand %s", s.Name, e.tree.Path, strings.Join(list, ", "))
		}
	}
}

// environment writes a setting into an environment of its own, for a service of Compose
// that has none: behind the line that says its image.
func (e *editor) environment(s setting) bool {
	name, value, ok := s.variable()
	if !ok || e.tree.Form != "compose" {
		return false
	}
	file, span, _ := s.service.Runtime.At(syntax.Span{})
	image, ok := imageLine(file.Data, file.Offset(span.Start.Line, 1))
	if !ok {
		return false
	}
	eol, line := lineEnd(file.Data), ""
	if !e.opened[s.service] {
		if e.opened == nil {
			e.opened = map[*conf.Service]bool{}
		}
		e.opened[s.service], line = true, eol+image.indent+"environment:"
	}
	e.replace(file, edit{image.end, image.end, line + eol + image.indent + "  " + name + ": " + quotedYAML(value)})
	return true
}

// lineOf is a line of a YAML file.
type lineOf struct {
	indent string
	end    int
}

// imageLine is the line of the image in a service whose own line begins at an offset;
// false if that is written otherwise, or the service has an environment.
func imageLine(data []byte, at int) (found lineOf, ok bool) {
	outer, first := -1, ""
	for line := range strings.Lines(string(data[at:])) {
		text := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(text)]
		text = strings.TrimRight(text, "\r\n")
		switch {
		case text == "" || text[0] == '#':
		case outer < 0:
			if outer = len(indent); !strings.HasSuffix(text, ":") {
				return found, false
			}
		case len(indent) <= outer:
			return found, ok
		case first == "":
			first = indent
			fallthrough
		default:
			if indent == first && (strings.HasPrefix(text, "environment:") || strings.HasPrefix(text, "<<:")) {
				return found, false
			}
			if indent == first && strings.HasPrefix(text, "image:") {
				found, ok = lineOf{indent, at + len(indent) + len(text)}, true
			}
		}
		at += len(line)
	}
	return found, ok
}

// place is where a value of a process ends, as it is written.
type place struct {
	file   *conf.File
	offset int
}

// places are those of the properties or flags in a made file, the last one first.
func places(f *conf.File) (list []place) {
	if f == nil {
		return nil
	}
	add := func(span syntax.Span) {
		if source, _, end, _, ok := f.Rewrite(span.Start.Offset, span.End.Offset, string(f.Data[span.Start.Offset:span.End.Offset])); ok {
			list = append(list, place{source, end})
		}
	}
	if f.Properties != nil {
		for i := range f.Properties.Entries {
			add(f.Properties.Entries[i].ValueSpan)
		}
	}
	for _, flag := range f.Flags {
		if at := flag.Span.End.Offset - len(flag.Value); flag.Kind == syntax.Size && at > flag.Span.Start.Offset {
			span := flag.Span
			span.Start.Offset = at
			add(span)
		}
	}
	slices.Reverse(list)
	return list
}

// beside is a setting as a line behind the one at an offset, and where that ends.
func (s setting) beside(data []byte, at int, yaml bool) (line string, end int, ok bool) {
	start := bytes.LastIndexByte(data[:at], '\n') + 1
	end = len(data)
	if n := bytes.IndexByte(data[at:], '\n'); n >= 0 {
		end = at + n
	}
	before := strings.TrimRight(string(data[start:end]), "\r")
	end = start + len(before)
	eol := lineEnd(data)
	name, value, isVariable := s.variable()
	spelled := func(like string) (string, string, bool) {
		if strings.Contains(like, ".") && s.flag == "" {
			return s.figure.Key, s.figure.Value, true
		}
		return name, value, isVariable && !strings.Contains(like, ".")
	}
	switch {
	case s.flag != "" && flagLine.MatchString(before):
		return eol + flagLine.FindStringSubmatch(before)[1] + s.flag, end, true
	case yaml && listedLine.MatchString(before):
		m := listedLine.FindStringSubmatch(before)
		key, text, ok := spelled(m[3])
		return eol + m[1] + quotedYAML(key+"="+text), end, ok
	case yaml && valueLine.MatchString(before) && start > 0:
		above := string(data[bytes.LastIndexByte(data[:start-1], '\n')+1 : start-1])
		m := namedLine.FindStringSubmatch(strings.TrimRight(above, "\r"))
		if m == nil {
			return "", 0, false
		}
		key, text, ok := spelled(m[2])
		return eol + m[1] + "- name: " + key + eol + m[1] + "  value: " + quotedYAML(text), end, ok
	case yaml && mappedLine.MatchString(before):
		m := mappedLine.FindStringSubmatch(before)
		key, text, ok := spelled(m[2])
		return eol + m[1] + key + ": " + quotedYAML(text), end, ok && m[2] != operatorPort
	case plainLine.MatchString(before):
		m := plainLine.FindStringSubmatch(before)
		key, text, ok := spelled(m[2])
		if strings.Contains(m[2], ".") {
			text = syntax.EscapeValue(text)
		}
		return eol + m[1] + key + "=" + text, end, ok
	}
	return "", 0, false
}

func isYAML(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

// quotedYAML is a text in quotes, of which YAML has two kinds.
func quotedYAML(text string) string {
	if strings.Contains(text, `"`) && !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	return quoted(text)
}
