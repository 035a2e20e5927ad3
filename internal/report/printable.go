package report

import "github.com/implycheck/implycheck/internal/text"

// printable keeps a text from writing to a terminal or to the log of a CI system.
func printable(s string) string { return text.Printable(s) }
