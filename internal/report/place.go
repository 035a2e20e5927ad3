package report

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// project is where the tool and the pages of its rules are found.
const project = "https://github.com/implycheck/implycheck"

// fileOf is the file of a finding, or its tree where it concerns no single file:
// most programs that read findings want a name.
func fileOf(f *finding.Finding) string {
	if f.File == "" {
		return path.Clean(f.Tree)
	}
	return path.Clean(f.File)
}

// uri writes a path as a URI: absolute ones as file:, others relative to where
// implycheck ran.
func uri(file string) string {
	if filepath.IsAbs(file) {
		return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(file), "/")}).String()
	}
	return (&url.URL{Path: file}).String()
}

// DocsURL is the page of a rule, "" where it has none.
func DocsURL(docs string) string {
	if docs == "" {
		return ""
	}
	return project + "/blob/main/" + (&url.URL{Path: docs}).EscapedPath()
}

// paragraphs joins the texts that are there with empty lines between them.
func paragraphs(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		if text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(text)
	}
	return b.String()
}

// printableLines is printable for a text whose line breaks are meant.
func printableLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = printable(line)
	}
	return strings.Join(lines, "\n")
}
