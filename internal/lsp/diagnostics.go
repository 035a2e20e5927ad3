package lsp

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/report"
)

// source is who speaks.
const source = "implycheck"

// publish tells the client what is new of a unit's findings, and of a document
// that has changed that they hold for it.
func (s *server) publish(u *unit) {
	found := map[string][]diagnostic{}
	for i := range u.snapshot.findings {
		f := &u.snapshot.findings[i]
		name := pathOfFile(f.File)
		if f.File == "" {
			name = pathOfFile(f.Tree)
		}
		if owner := s.owner(name); owner == u || owner == nil {
			found[name] = append(found[name], u.snapshot.diagnostic(s, f))
		}
	}
	for name := range s.documents {
		if _, ok := found[name]; !ok && s.owner(name) == u && conf.Concerns(filepath.ToSlash(name)) {
			found[name] = []diagnostic{}
		}
	}
	was := u.published
	u.published = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		p := diagnosticsParams{URI: s.uri(name), Diagnostics: found[name]}
		if version, open := u.snapshot.versions[name]; open {
			p.Version = &version
		}
		s.send(u, p, was)
	}
	for _, uri := range slices.Sorted(maps.Keys(was)) {
		if _, still := u.published[uri]; !still {
			s.out.notify("textDocument/publishDiagnostics", diagnosticsParams{URI: uri, Diagnostics: []diagnostic{}})
		}
	}
}

// send sends diagnostics, unless the client has them.
func (s *server) send(u *unit, p diagnosticsParams, was map[string]string) {
	data, err := json.Marshal(p)
	if err != nil {
		s.log(err.Error())
		return
	}
	u.published[p.URI] = string(data)
	if was[p.URI] != string(data) {
		s.out.notify("textDocument/publishDiagnostics", json.RawMessage(data))
	}
}

// uri is what the client calls a file.
func (s *server) uri(name string) string {
	if d := s.documents[name]; d != nil {
		return d.uri
	}
	return uriOf(name)
}

// severities of the protocol.
func severityOf(severity finding.Severity) int { return 4 - int(severity) }

// tagsOf says which rules are about what has no effect, and what has a new name.
func tagsOf(rule string) []int {
	switch rule {
	case "prop-unknown", "prop-removed-ignored", "prop-idle-in-process", "prop-wrong-service", "thr-router-processing-ignored", "k8s-setting-ignored":
		return []int{tagUnnecessary}
	case "prop-deprecated":
		return []int{tagDeprecated}
	}
	return nil
}

// diagnostic is a finding as the protocol has it.
func (shot *snapshot) diagnostic(s *server, f *finding.Finding) diagnostic {
	d := diagnostic{
		Range: shot.rangeOf(f.Location), Severity: severityOf(f.Severity), Code: f.Rule, Source: source, Message: f.Message, Tags: tagsOf(f.Rule),
	}
	if f.Docs != "" {
		d.CodeDescription = &codeDescription{report.DocsURL(f.Docs)}
	}
	for _, more := range []string{f.Effect, f.Help} {
		if more != "" {
			d.Message += "\n" + more
		}
	}
	for _, r := range f.Related {
		if r.File != "" {
			d.RelatedInformation = append(d.RelatedInformation, relatedInformation{location{s.uri(pathOfFile(r.File)), shot.rangeOf(r.Location)}, r.Message})
		}
	}
	return d
}
