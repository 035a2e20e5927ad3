package suppress

import (
	"bytes"
	"sort"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
)

// Directive is a comment that silences rules.
type Directive struct {
	File *conf.File
	// Span is the comment.
	Span  syntax.Span
	Rules []string
	// Reason is empty where none is given. Until is the last day, as written.
	Reason, Until string
	// WholeFile is set by ignore-file. Without it the directive is for the
	// lines First to Last; both are 0 when nothing follows.
	WholeFile   bool
	First, Last int
}

// Parse finds the directives in all files of a tree.
func Parse(t *conf.Tree) []Directive {
	var list []Directive
	for _, f := range t.Files {
		// Few files have any; looking for comments in all would take longer.
		if f.Problem == "" && bytes.Contains(f.Data, []byte("implycheck:")) {
			list = append(list, parseFile(f)...)
		}
	}
	for i, d := range list {
		list[i].Reason = t.Masker().Text(d.Reason) // it outlives the tree
	}
	return list
}

func parseFile(f *conf.File) []Directive {
	var list []Directive
	comments := f.Comments()
	next := followers(f, comments)
	for _, c := range comments {
		d, ok := parseText(c.Text)
		if !ok {
			continue
		}
		d.File, d.Span = f, c.Span
		if !d.WholeFile {
			d.First = next[c.Span.End.Line]
			d.Last = lastLine(f, d.First)
		}
		list = append(list, d)
	}
	return list
}

var (
	directive = lazy.Regexp{Expr: `(?s)^\s*implycheck:ignore(-file)?(?:\s+(.*?))?\s*$`}
	// separator stands before the reason. XML forbids -- in comments.
	separator = lazy.Regexp{Expr: `(?:^|\s)--\s*|\s*:\s*`}
	ruleList  = lazy.Regexp{Expr: `^[^\s,]+(?:\s*,\s*[^\s,]+)*`}
	until     = lazy.Regexp{Expr: `(?:^|\s)until\s+([0-9]\S*)$`}
)

// parseText reads the text of a comment; it is false for one that is about
// something else.
func parseText(comment string) (Directive, bool) {
	match := directive.FindStringSubmatch(comment)
	if match == nil {
		return Directive{}, false
	}
	d := Directive{WholeFile: match[1] != ""}
	names, reason := ruleList.FindString(match[2]), ""
	if at := separator.FindStringIndex(match[2]); at != nil {
		names, reason = match[2][:at[0]], match[2][at[1]:]
	}
	seen := map[string]bool{}
	for _, name := range strings.FieldsFunc(names, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n' }) {
		if !seen[name] {
			seen[name] = true
			d.Rules = append(d.Rules, name)
		}
	}
	reason = strings.Join(strings.Fields(reason), " ")
	if date := until.FindStringSubmatchIndex(reason); date != nil {
		d.Until, reason = reason[date[2]:], reason[:date[0]]
	}
	d.Reason = reason
	return d, true
}

var lineEnd = lazy.Regexp{Expr: `\r\n|\r|\n`}

// followers gives for every line, counted from 0 for the place before the file,
// the next one that is not blank and no comment; 0 where there is none.
func followers(f *conf.File, comments []syntax.Comment) []int {
	lines := lineEnd.Split(string(f.Data), -1)
	skip := make([]bool, len(lines)+1)
	for _, c := range comments {
		for n := c.Span.Start.Line; n <= min(c.Span.End.Line, len(lines)); n++ {
			skip[n] = true
		}
	}
	next := make([]int, len(lines)+1)
	for n := len(lines); n > 0; n-- {
		next[n-1] = next[n]
		if !skip[n] && strings.TrimSpace(lines[n-1]) != "" {
			next[n-1] = n
		}
	}
	return next
}

// lastLine is the last line of the entry of a properties file that stands in a
// line; anywhere else it is the line itself.
func lastLine(f *conf.File, line int) int {
	if f.Properties == nil {
		return line
	}
	entries := f.Properties.Entries
	i := sort.Search(len(entries), func(i int) bool { return entries[i].Span.End.Line >= line })
	if i < len(entries) && entries[i].Span.Start.Line <= line {
		return entries[i].Span.End.Line
	}
	return line
}
