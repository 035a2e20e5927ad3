package report

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// xmlEscape keeps text and attributes apart from markup. What XML cannot hold
// at all, such as NUL, printable has written out before.
var xmlEscape = lazy.Replacer{Pairs: []string{"&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;"}}

// xmlWriter writes elements one by one; bufio keeps the first error.
type xmlWriter struct{ out *bufio.Writer }

func newXMLWriter(w io.Writer) xmlWriter {
	x := xmlWriter{bufio.NewWriter(w)}
	x.raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	return x
}

func (x xmlWriter) raw(text string) { _, _ = x.out.WriteString(text) }

// open begins an element with attributes, given as name, value, name, value.
// The caller ends the tag.
func (x xmlWriter) open(element string, attributes ...string) {
	x.raw("<" + element)
	for i := 0; i+1 < len(attributes); i += 2 {
		x.raw(" " + attributes[i] + `="`)
		_, _ = xmlEscape.WriteString(x.out, printable(attributes[i+1]))
		x.raw(`"`)
	}
}

// text writes character data; its line breaks stay.
func (x xmlWriter) text(text string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			x.raw("\n")
		}
		_, _ = xmlEscape.WriteString(x.out, printable(line))
	}
}

func (x xmlWriter) close() error { return x.out.Flush() }

func number(n int) string { return strconv.Itoa(n) }
