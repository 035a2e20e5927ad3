package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/implycheck/implycheck/internal/report"
)

const (
	// patience is how long people wait without asking what is going on.
	patience = time.Second
	// redraw is as fast as people read.
	redraw = 100 * time.Millisecond
)

// progress keeps one line about how far a long run is, on a terminal only.
type progress struct {
	what      string    // is counted: trees
	w         io.Writer // nil where nobody watches
	now       func() time.Time
	next      time.Time
	Effective bool
}

func newProgress(stderr io.Writer, what string) *progress {
	stderr = report.Raw(stderr)
	if f, ok := stderr.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		stderr = nil
	}
	return &progress{what: what, w: stderr, now: time.Now, next: time.Now().Add(patience)}
}

// update rewrites the line, if there is reason to.
func (p *progress) update(done, all int) {
	if p.w == nil || p.now().Before(p.next) {
		return
	}
	p.next, p.Effective = p.now().Add(redraw), true
	fmt.Fprintf(p.w, "\rchecked %d of %d %s", done, all, p.what)
}

// erase leaves the terminal as it was.
func (p *progress) erase() {
	if p.Effective {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
