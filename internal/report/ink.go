//go:build !js

package report

import (
	"strings"

	"github.com/fatih/color"
)

// attribute is what a terminal can do to a text.
type attribute = color.Attribute

const (
	bold      = color.Bold
	faint     = color.Faint
	underline = color.Underline
	red       = color.FgRed
	green     = color.FgGreen
	yellow    = color.FgYellow
	blue      = color.FgBlue
	magenta   = color.FgMagenta
	cyan      = color.FgCyan
	white     = color.FgWhite
)

// newInk asks the library once, with an instance that is forced on or off,
// because the library's own switch is global and heeds the environment.
func newInk(on bool, attributes ...attribute) ink {
	c := color.New(attributes...)
	if on {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	const text = "text"
	before, after, _ := strings.Cut(c.Sprint(text), text)
	return ink{before, after}
}
