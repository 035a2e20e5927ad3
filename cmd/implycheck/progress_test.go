package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The line appears after a second, is rewritten no faster than people read, and
// leaves nothing behind.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	p := &progress{what: "trees", w: &out, now: func() time.Time { return clock }, next: clock.Add(patience)}
	p.update(1, 9)
	p.erase()
	require.Empty(t, out.String(), "a short run says nothing")

	clock = clock.Add(patience)
	p.update(2, 9)
	p.update(3, 9)
	clock = clock.Add(redraw)
	p.update(4, 9)
	p.erase()
	require.Equal(t, "\rchecked 2 of 9 trees\rchecked 4 of 9 trees\r\x1b[K", out.String())
}

func TestNoProgressWithoutTerminal(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, "trees")
	p.now = func() time.Time { return time.Now().Add(time.Hour) }
	p.update(1, 2)
	p.erase()
	require.Empty(t, out.String())
}
