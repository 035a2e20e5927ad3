package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A panic on another goroutine is the caller's, with the place where it was; the
// others do what they are for.
func TestCrew(t *testing.T) {
	var c crew
	done := make(chan bool, 2)
	c.do(func() { done <- true })
	c.do(func() { panic("oops") })
	c.do(func() { done <- true })
	defer func() {
		require.Regexp(t, `(?s)^oops\n.*crew_test\.go`, recover())
		require.Len(t, done, 2)
	}()
	c.wait()
	t.Error("nobody was told")
}
