package syntax

import "bytes"

// Template is the text of a file that some tool has yet to make: Jinja, ERB, Go
// templates, Puppet and Chef. It is read as one of the files that may come of it.
type Template struct {
	// Data has each byte at its place, and lines of the tool's own as comments or
	// as blanks. Expressions stay what they are, in one piece.
	Data []byte
	// At is the first thing in it that the tool replaces.
	At Span
	// Controls are the lines, from 1, that are the tool's own: conditions, loops.
	Controls []int
}

// tag is a stretch that the tool replaces; output is set for what it puts in its
// place, such as {{ x }}, and not for {% if x %}.
type tag struct {
	start, end int
	output     bool
}

var tagKinds = []struct {
	open, end string
	output    bool
}{
	{"{{", "}}", true}, {"{%", "%}", false}, {"{#", "#}", false}, {"<%=", "%>", true}, {"<%", "%>", false}, {"#{", "}", true},
}

// ReadTemplate reads the template of a file with comments, or of a list of words
// that has none; false if the text is no template.
func ReadTemplate(data []byte, comments bool) (Template, bool) {
	tags := findTags(data)
	if len(tags) == 0 {
		return Template{}, false
	}
	index := NewLines(data)
	t := Template{Data: bytes.Clone(data), At: Span{index.position(tags[0].start), index.position(tags[0].end)}}
	for number, start := 1, 0; start < len(data); number++ {
		end := start + len(firstLine(data[start:]))
		for len(tags) > 0 && tags[0].end <= start {
			tags = tags[1:]
		}
		switch {
		case len(tags) == 0 || tags[0].start >= end:
		case isControl(data, start, end, tags):
			t.Controls = append(t.Controls, number)
			hide(t.Data[start:end], comments)
		default:
			t.mend(start, end, tags, comments)
		}
		start = end + 1
	}
	return t, true
}

func firstLine(data []byte) []byte {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return data[:i]
	}
	return data
}

// findTags finds all tags outside of comments.
func findTags(data []byte) (tags []tag) {
	if !bytes.Contains(data, []byte("{{")) && !bytes.Contains(data, []byte("%")) && !bytes.Contains(data, []byte("#{")) {
		return nil
	}
	for at := 0; at < len(data); {
		line := firstLine(data[at:])
		if trimmed := bytes.TrimLeft(line, " \t"); len(trimmed) > 0 && trimmed[0] == '#' && !bytes.HasPrefix(trimmed, []byte("#{")) {
			at += len(line) + 1
			continue
		}
		found, ok := nextTag(data, at, at+len(line))
		if !ok {
			at += len(line) + 1
			continue
		}
		tags = append(tags, found)
		at = found.end
	}
	return tags
}

// nextTag is the first tag that begins between two places, and ends anywhere.
func nextTag(data []byte, from, to int) (first tag, ok bool) {
	for _, kind := range tagKinds {
		i := bytes.Index(data[from:to], []byte(kind.open))
		if i < 0 || ok && from+i >= first.start {
			continue
		}
		start := from + i
		if end := bytes.Index(data[start+len(kind.open):], []byte(kind.end)); end >= 0 {
			first, ok = tag{start, start + len(kind.open) + end + len(kind.end), kind.output}, true
		}
	}
	return first, ok
}

// isControl reports whether a line holds tags and nothing else.
func isControl(data []byte, start, end int, tags []tag) bool {
	at := start
	for _, t := range tags {
		if t.start >= end {
			break
		}
		if t.start > at && len(bytes.TrimSpace(data[at:t.start])) > 0 {
			return false
		}
		at = min(t.end, end)
	}
	return len(bytes.TrimSpace(data[at:end])) == 0
}

// hide makes a comment, or nothing, of a line.
func hide(line []byte, comments bool) {
	for i, c := range line {
		switch {
		case c == '\r':
		case comments && c != ' ' && c != '\t':
			line[i] = '#'
			return
		case !comments:
			line[i] = ' '
		}
	}
}

// mend makes a line with tags in it one that reads as what will come of it: tags
// in front of everything go, and the others are words without blanks.
func (t *Template) mend(start, end int, tags []tag, comments bool) {
	for _, tag := range tags {
		if tag.start >= end {
			return
		}
		before, inner := t.Data[start:max(tag.start, start)], t.Data[max(tag.start, start):min(tag.end, end)]
		switch {
		case !tag.output && len(bytes.TrimSpace(before)) == 0:
			for i := range inner {
				inner[i] = ' '
			}
		case !comments || !bytes.ContainsAny(before, "=:"):
			for i, c := range inner {
				if bytes.IndexByte([]byte(" \t=:\"'\\"), c) >= 0 {
					inner[i] = '_'
				}
			}
		}
	}
}
