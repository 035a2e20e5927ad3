package lsp

import (
	"encoding/json"
	"path/filepath"
	"slices"

	"github.com/implycheck/implycheck/finding"
)

type capabilities struct {
	TextDocumentSync struct {
		OpenClose bool `json:"openClose"`
		Change    int  `json:"change"`
		Save      bool `json:"save"`
	} `json:"textDocumentSync"`
	Hover      bool `json:"hoverProvider"`
	Definition bool `json:"definitionProvider"`
	References bool `json:"referencesProvider"`
	InlayHint  bool `json:"inlayHintProvider"`
	Symbols    bool `json:"documentSymbolProvider"`
	CodeAction struct {
		Kinds []string `json:"codeActionKinds"`
	} `json:"codeActionProvider"`
	Completion struct {
		Triggers []string `json:"triggerCharacters"`
	} `json:"completionProvider"`
	Workspace struct {
		WorkspaceFolders struct {
			Supported           bool `json:"supported"`
			ChangeNotifications bool `json:"changeNotifications"`
		} `json:"workspaceFolders"`
	} `json:"workspace"`
}

// incremental is how changes come: the ranges that were changed.
const incremental = 2

func serverCapabilities() (c capabilities) {
	c.TextDocumentSync.OpenClose, c.TextDocumentSync.Change, c.TextDocumentSync.Save = true, incremental, true
	c.Workspace.WorkspaceFolders.Supported, c.Workspace.WorkspaceFolders.ChangeNotifications = true, true
	c.Hover, c.Definition, c.References, c.InlayHint, c.Symbols = true, true, true, true, true
	c.CodeAction.Kinds = []string{quickFix, fixAll}
	c.Completion.Triggers = []string{".", "=", "_", "-", "+", ":", "\"", "["}
	return c
}

func (s *server) initialize(m *message) {
	var p initializeParams
	switch err := json.Unmarshal(m.Params, &p); {
	case s.initialized:
		s.out.answer(m.ID, nil, &rpcError{invalidRequest, "initialize comes once"})
		return
	case err != nil:
		s.out.answer(m.ID, nil, &rpcError{invalidParams, err.Error()})
		return
	}
	s.initialized = true
	s.watches = p.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration
	s.snippets = p.Capabilities.TextDocument.Completion.CompletionItem.SnippetSupport
	folders := p.WorkspaceFolders
	switch {
	case len(folders) > 0:
	case p.RootURI != "":
		folders = []workspaceFolder{{p.RootURI}}
	case filepath.IsAbs(p.RootPath):
		folders = []workspaceFolder{{uriOf(p.RootPath)}}
	}
	s.addFolders(folders)
	s.out.answer(m.ID, struct {
		Capabilities capabilities `json:"capabilities"`
		ServerInfo   finding.Tool `json:"serverInfo"`
	}{serverCapabilities(), s.Lint.Tool}, nil)
}

func (s *server) addFolders(folders []workspaceFolder) {
	for _, f := range folders {
		if name, ok := pathOf(f.URI); ok && !slices.Contains(s.folders, name) {
			s.folders = append(s.folders, name)
			s.units[name] = newUnit(name)
		}
	}
}

func (s *server) didChangeFolders(p foldersParams) {
	for _, f := range p.Event.Removed {
		name, _ := pathOf(f.URI)
		s.folders = slices.DeleteFunc(s.folders, func(folder string) bool { return folder == name })
		if u := s.units[name]; u != nil {
			s.drop(u)
		}
	}
	s.addFolders(p.Event.Added)
	for _, d := range s.documents {
		s.unitOf(d.path) // what lies in no folder any more is a unit by itself
	}
	for _, u := range s.units {
		u.touch()
	}
}

type registration struct {
	ID      string `json:"id"`
	Method  string `json:"method"`
	Options any    `json:"registerOptions"`
}

type watcher struct {
	Glob string `json:"globPattern"`
}

// watched are the files whose changes on the disk may change what is found.
var watched = [...]string{
	"**/*.{properties,config,cfg,conf,json,yaml,yml,xml,env,cue,jsonl}", "**/{environment,Dockerfile,docker-compose}*", "**/.implycheck.yaml",
}

// watch asks to be told of changes on the disk.
func (s *server) watch(json.RawMessage) error {
	if !s.watches {
		return nil
	}
	var watchers []watcher
	for _, glob := range watched {
		watchers = append(watchers, watcher{glob})
	}
	s.out.request("watch", "client/registerCapability", map[string]any{"registrations": []registration{
		{"watch", "workspace/didChangeWatchedFiles", map[string]any{"watchers": watchers}},
	}})
	return nil
}
