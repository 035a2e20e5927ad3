// Package lsp speaks the Language Server Protocol, so that an editor shows what
// lint finds while a file is written: over one pair of streams, to one client.
//
// One goroutine owns everything (server.go): it takes messages in the order in
// which they come, keeps the texts that are open (document.go), and answers. The
// files below a folder of the workspace, or around a file that lies in none, are
// linted together (unit.go), by lint.Run and with the open texts over the files of
// the disk: what an editor shows is what lint says of the same texts. A run that
// a change makes useless is cancelled; the next one begins at once, or while somebody
// types when nothing was typed for as long as a run takes. Where a run takes long,
// the tree of the file that is typed in comes first by itself, and then the whole.
// What is asked about a place is answered from the newest run (snapshot.go), and
// waits for it where it is under way.
//
// Positions of the protocol count UTF-16 code units, and ours characters
// (place.go). wire.go reads and writes messages of bounded size; protocol.go has
// as much of the protocol's types as is used. A message that is wrong is answered
// with an error, and so is one that makes something panic: the server goes on.
//
// Nothing is executed, nothing is followed out of the workspace, no file is
// written, and what may be a secret is not shown.
package lsp

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"github.com/implycheck/implycheck/lint"
)

// Options say what to serve.
type Options struct {
	// Lint is how the trees are linted; its paths and its overlay are the server's.
	Lint lint.Options

	longRun time.Duration // a constant but in tests
}

// longRun is what a run takes that nobody waits for after each key: the tree of
// the file is then linted first by itself.
const longRun = 50 * time.Millisecond

// ErrNoShutdown is what a client gets that leaves without saying so.
var ErrNoShutdown = errors.New("the client has left without shutdown")

// Serve answers a client until it exits, the stream ends, or the context does.
func Serve(ctx context.Context, in io.Reader, out io.Writer, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o.longRun = cmp.Or(o.longRun, longRun)
	s := newServer(ctx, &writer{out: out}, o)
	incoming := make(chan incoming)
	go read(ctx, in, incoming)
	return s.loop(incoming)
}
