package lsp

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/fix"
	"github.com/implycheck/implycheck/lint/suppress"
)

// The kinds of code actions.
const (
	quickFix = "quickfix"
	fixAll   = "source.fixAll.implycheck"
)

// reason stands in a new comment until somebody has written the real one.
const reason = "TODO: say why"

// actions are what can be done about the findings in a range: the fix of each, a
// comment that suppresses it, and all safe fixes of the file.
func (s *server) actions(p documentParams) any {
	list := []codeAction{}
	a, ok := s.about(p)
	if !ok {
		return list
	}
	wants := func(kind string) bool {
		return len(p.Context.Only) == 0 || slices.ContainsFunc(p.Context.Only, func(only string) bool { return kind == only || strings.HasPrefix(kind, only+".") })
	}
	if wants(quickFix) {
		here := a.here(p.Range)
		for _, f := range here {
			list = append(list, a.fixes(s, f)...)
		}
		for _, f := range here {
			list = append(list, a.ignore(s, f)...)
		}
	}
	if wants(fixAll) {
		list = append(list, a.fixAll(s)...)
	}
	return list
}

// here are the findings in the lines of a range.
func (a asked) here(r textRange) (list []*finding.Finding) {
	for i := range a.findings {
		f := &a.findings[i]
		if f.File == "" || pathOfFile(f.File) != a.document.path {
			continue
		}
		if at := a.rangeOf(f.Location); at.Start.Line <= r.End.Line && r.Start.Line <= at.End.Line {
			list = append(list, f)
		}
	}
	return list
}

// unmasked is the finding as it was before secrets were taken out: what is shown in
// its fix must not be written into a file.
func (a asked) unmasked(f *finding.Finding) (*finding.Finding, *conf.Tree) {
	i := slices.IndexFunc(a.raw, func(r finding.Finding) bool {
		return r.Rule == f.Rule && r.Tree == f.Tree && r.Property == f.Property && same(r.Location, f.Location)
	})
	if i < 0 {
		return nil, nil
	}
	return &a.raw[i], a.tree(f.Tree)
}

func same(a, b finding.Location) bool {
	return a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.EndLine == b.EndLine && a.EndColumn == b.EndColumn
}

func (a asked) tree(path string) *conf.Tree {
	if i := slices.IndexFunc(a.trees, func(t *conf.Tree) bool { return t.Path == path }); i >= 0 {
		return a.trees[i]
	}
	return nil
}

func (a asked) fixes(s *server, f *finding.Finding) []codeAction {
	raw, t := a.unmasked(f)
	if f.Fix == nil || t == nil || raw.Fix == nil {
		return nil
	}
	edit := a.edit(s, fix.Replacements(t, []*finding.Fix{raw.Fix}))
	if len(edit.Changes) == 0 {
		return nil
	}
	return []codeAction{{
		Title: titleOf(f), Kind: quickFix, Diagnostics: []diagnostic{a.diagnostic(s, f)}, IsPreferred: f.Fix.Safe, Edit: edit,
	}}
}

// titleOf says what a fix does.
func titleOf(f *finding.Finding) string {
	edits := f.Fix.Edits
	switch {
	case len(edits) != 1:
		return "Fix " + f.Rule + ": " + f.Message
	case edits[0].Text == "":
		return "Remove this: " + f.Message
	case strings.Contains(edits[0].Text, "\n") || len(edits[0].Text) > 120:
		return "Fix " + f.Rule
	}
	return "Write " + strings.TrimSpace(edits[0].Text)
}

// edit is what replacements make of files, as the protocol has it.
func (a asked) edit(s *server, files map[*conf.File][]fix.Replacement) workspaceEdit {
	e := workspaceEdit{Changes: map[string][]textEdit{}}
	for f, list := range files {
		name := pathOfFile(f.Path)
		t, ok := a.snapshot.text(name)
		if !ok {
			continue
		}
		uri := s.uri(name)
		for _, r := range list {
			e.Changes[uri] = append(e.Changes[uri], textEdit{t.textRange(r.Start, r.End), r.Text})
		}
	}
	return e
}

// ignore is a comment that suppresses a finding, where one can be.
func (a asked) ignore(s *server, f *finding.Finding) []codeAction {
	offset, text, ok := suppress.Insertion(a.files[a.document.path], f.Line, f.Rule, reason)
	if !ok {
		return nil
	}
	at := a.text.textRange(offset, offset)
	return []codeAction{{
		Title: "Ignore " + f.Rule + " here", Kind: quickFix, Diagnostics: []diagnostic{a.diagnostic(s, f)},
		Edit: workspaceEdit{map[string][]textEdit{a.document.uri: {{at, text}}}},
	}}
}

// fixAll are all safe fixes of findings in the document.
func (a asked) fixAll(s *server) []codeAction {
	fixes := map[*conf.Tree][]*finding.Fix{}
	for i := range a.findings {
		f := &a.findings[i]
		if f.File == "" || pathOfFile(f.File) != a.document.path || f.Fix == nil || !f.Fix.Safe {
			continue
		}
		if raw, t := a.unmasked(f); t != nil && raw.Fix != nil {
			fixes[t] = append(fixes[t], raw.Fix)
		}
	}
	t := a.treeOf(a.document.path)
	if t == nil || len(fixes[t]) == 0 {
		return nil
	}
	edit := a.edit(s, fix.Replacements(t, fixes[t]))
	if len(edit.Changes) == 0 {
		return nil
	}
	return []codeAction{{Title: "Apply all safe fixes of implycheck in this file", Kind: fixAll, Edit: edit}}
}
