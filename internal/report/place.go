package report

import (
	"net/url"
	"path"
	"path/filepath"
	"slices"
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

// placed is a finding with its files where code hosts look for them.
func (o *Options) placed(f finding.Finding) finding.Finding {
	if o.Repository == nil {
		return f
	}
	f.File = o.Repository(fileOf(&f))
	f.Related = slices.Clone(f.Related)
	for i := range f.Related {
		o.place(&f.Related[i].Location)
	}
	if f.Fix != nil {
		fix := *f.Fix
		fix.Edits = slices.Clone(fix.Edits)
		for i := range fix.Edits {
			o.place(&fix.Edits[i].Location)
		}
		f.Fix = &fix
	}
	return f
}

func (o *Options) place(at *finding.Location) {
	if o.Repository != nil && at.File != "" {
		at.File = o.Repository(path.Clean(at.File))
	}
}

// uri writes a path as a URI: absolute ones as file:, others relative to the top of
// the repository, or to where implycheck ran if there is none.
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
