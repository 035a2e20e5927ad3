package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// server is what one client is served with.
type server struct {
	Options
	ctx context.Context
	out *writer

	initialized, shutdown bool
	watches, snippets     bool // what the client can do
	folders               []string
	documents             map[string]*document
	units                 map[string]*unit
	results               chan result
	timer                 *time.Timer
	waiting               []waiting
}

// waiting is a request that is answered when a unit has been linted.
type waiting struct {
	id     json.RawMessage
	unit   *unit
	params documentParams
	answer func(s *server, p documentParams) any
}

// document is a file that the client has open.
type document struct {
	uri     string
	path    string
	version int
	data    []byte
}

func newServer(ctx context.Context, out *writer, o Options) *server {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return &server{
		Options: o, ctx: ctx, out: out, documents: map[string]*document{}, units: map[string]*unit{}, results: make(chan result), timer: timer,
	}
}

// loop takes one thing after the other.
func (s *server) loop(from <-chan incoming) error {
	for {
		select {
		case next := <-from:
			switch {
			case errors.Is(next.end, io.EOF) && s.shutdown:
				return nil
			case errors.Is(next.end, io.EOF):
				return ErrNoShutdown
			case next.end != nil:
				s.out.answer(null, nil, &rpcError{parseError, next.end.Error()})
				return next.end
			case next.wrong != nil:
				s.out.answer(null, nil, next.wrong)
			case next.message.Method == "exit" && s.shutdown:
				return nil
			case next.message.Method == "exit":
				return ErrNoShutdown
			default:
				s.take(next.message)
			}
		case r := <-s.results:
			s.finish(r)
		case <-s.timer.C:
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
		s.begin()
		if s.out.err != nil {
			return s.out.err
		}
	}
}

// notifications are what a client says, by method.
func notification(method string) func(*server, json.RawMessage) error {
	switch method {
	case "initialized":
		return (*server).watch
	case "textDocument/didOpen":
		return notified((*server).didOpen)
	case "textDocument/didChange":
		return notified((*server).didChange)
	case "textDocument/didSave":
		return notified((*server).didSave)
	case "textDocument/didClose":
		return notified((*server).didClose)
	case "workspace/didChangeWatchedFiles":
		return notified((*server).didChangeWatched)
	case "workspace/didChangeWorkspaceFolders":
		return notified((*server).didChangeFolders)
	case "$/cancelRequest":
		return notified((*server).cancel)
	}
	return nil
}

func notified[P any](do func(*server, P)) func(*server, json.RawMessage) error {
	return func(s *server, params json.RawMessage) error {
		var p P
		if err := json.Unmarshal(params, &p); err != nil {
			return err
		}
		do(s, p)
		return nil
	}
}

// question is a request about a document. Those that need not be exact are answered
// from what was last known, the others when the texts of the moment have been linted.
type question struct {
	answer func(*server, documentParams) any
	exact  bool
}

func questionOf(method string) (question, bool) {
	switch method {
	case "textDocument/hover":
		return question{(*server).hover, true}, true
	case "textDocument/codeAction":
		return question{(*server).actions, true}, true
	case "textDocument/completion":
		return question{(*server).complete, false}, true
	case "textDocument/definition":
		return question{(*server).definition, true}, true
	case "textDocument/references":
		return question{(*server).references, true}, true
	case "textDocument/inlayHint":
		return question{(*server).hints, true}, true
	case "textDocument/documentSymbol":
		return question{(*server).symbols, true}, true
	}
	return question{}, false
}

// take takes a message, and answers it if it is a request.
func (s *server) take(m *message) {
	request := len(m.ID) > 0
	defer func() {
		if bug := recover(); bug != nil {
			s.log(fmt.Sprintf("a bug of implycheck, please report it: %v", bug))
			if request {
				s.out.answer(m.ID, nil, &rpcError{internalError, fmt.Sprint(bug)})
			}
		}
	}()
	switch {
	case m.Method == "" && request:
		return // an answer to what was asked of the client
	case !request:
		s.hear(m)
	case m.Method == "initialize":
		s.initialize(m)
	case !s.initialized:
		s.out.answer(m.ID, nil, &rpcError{notInitialized, "initialize comes first"})
	case s.shutdown:
		s.out.answer(m.ID, nil, &rpcError{invalidRequest, "nothing but exit follows shutdown"})
	case m.Method == "shutdown":
		s.shutdown = true
		s.out.answer(m.ID, nil, nil)
	default:
		s.ask(m)
	}
}

// hear takes a notification. One that cannot be read has no answer but the log.
func (s *server) hear(m *message) {
	do := notification(m.Method)
	if do == nil || !s.initialized || s.shutdown {
		return
	}
	if err := do(s, m.Params); err != nil {
		s.log(fmt.Sprintf("%s is not understood: %v", m.Method, err))
	}
}

// ask takes a request about a document.
func (s *server) ask(m *message) {
	q, known := questionOf(m.Method)
	if !known {
		s.out.answer(m.ID, nil, &rpcError{methodNotFound, "implycheck does not know " + m.Method})
		return
	}
	var p documentParams
	if err := json.Unmarshal(m.Params, &p); err != nil {
		s.out.answer(m.ID, nil, &rpcError{invalidParams, err.Error()})
		return
	}
	d := s.documentOf(p.TextDocument.URI)
	if d == nil {
		s.out.answer(m.ID, nil, nil)
		return
	}
	u := s.unitOf(d.path)
	if u == nil {
		s.out.answer(m.ID, nil, nil)
		return
	}
	w := waiting{m.ID, u, p, q.answer}
	if u.fresh() || !q.exact && u.snapshot != nil {
		s.serve(w)
		return
	}
	u.due = time.Now() // nobody waits for the end of the typing
	s.waiting = append(s.waiting, w)
}

// serve answers a request that had to wait, or not.
func (s *server) serve(w waiting) {
	defer func() {
		if bug := recover(); bug != nil {
			s.log(fmt.Sprintf("a bug of implycheck, please report it: %v", bug))
			s.out.answer(w.id, nil, &rpcError{internalError, fmt.Sprint(bug)})
		}
	}()
	s.out.answer(w.id, w.answer(s, w.params), nil)
}

// serveWaiting answers what a unit was waited for.
func (s *server) serveWaiting(u *unit) {
	list := s.waiting
	s.waiting = nil
	for _, w := range list {
		if w.unit == u {
			s.serve(w)
		} else {
			s.waiting = append(s.waiting, w)
		}
	}
}

// cancel answers a request that still waits.
func (s *server) cancel(p cancelParams) {
	s.waiting = slices.DeleteFunc(s.waiting, func(w waiting) bool {
		found := string(w.id) == string(p.ID)
		if found {
			s.out.answer(w.id, nil, &rpcError{requestCancelled, "cancelled"})
		}
		return found
	})
}

// isError is the type of a message to people.
const isError = 1

type shown struct {
	Type    int    `json:"type"`
	Message string `json:"message"`
}

func (s *server) log(text string) { s.out.notify("window/logMessage", shown{isError, text}) }
