package syntax

import "fmt"

// SyntaxError says why a file cannot be read, and where. Msg never quotes a
// value of the file: the value may be a secret.
type SyntaxError struct {
	Span Span
	Msg  string
}

// Error gives the place and the message.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Span.Start.Line, e.Span.Start.Column, e.Msg)
}
