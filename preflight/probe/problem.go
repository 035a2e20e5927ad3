package probe

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"syscall"

	"github.com/implycheck/implycheck/preflight/facts"
)

// rejected is an error of the other side that has understood the question.
type rejected struct{ text string }

func (r rejected) Error() string { return r.text }

// errUnsupported is what this program cannot tell.
type errUnsupported struct{ text string }

func (u errUnsupported) Error() string { return u.text }

// problem finds out what sort of problem an error is.
func problem(err error) *facts.Problem {
	p := &facts.Problem{Kind: facts.Other, Text: err.Error()}
	var dns *net.DNSError
	var no rejected
	var unsupported errUnsupported
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &no):
		p.Kind = facts.Rejected
	case errors.As(err, &unsupported):
		p.Kind = facts.Unsupported
	case errors.As(err, &dns) && dns.IsNotFound:
		p.Kind, p.Text = facts.NoName, "no such host: "+dns.Name
	case errors.As(err, &dns): // which says nothing of the host
		p.Text = "the name server gives no answer about " + dns.Name
	case errors.Is(err, syscall.ECONNREFUSED):
		p.Kind, p.Text = facts.Refused, "nothing listens there: connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		p.Kind, p.Text = facts.Unreachable, "no route to it"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		p.Kind, p.Text = facts.Timeout, "no answer in time"
	case errors.Is(err, fs.ErrPermission):
		p.Kind = facts.Denied
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		p.Kind = facts.Missing
	}
	return p
}
