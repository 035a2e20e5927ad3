package report

import (
	"strings"

	"github.com/fatih/color"

	"github.com/implycheck/implycheck/finding"
)

// ink is a colour: what a terminal wants before and after the text.
type ink struct{ before, after string }

// newInk asks the library once, with an instance that is forced on or off,
// because the library's own switch is global and heeds the environment.
func newInk(on bool, attributes ...color.Attribute) ink {
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

// paint returns text in the colour.
func (i ink) paint(text string) string {
	if text == "" {
		return ""
	}
	return i.before + text + i.after
}

// palette holds the colours of one report.
type palette struct {
	heading, message, rule, gutter, note, label, clean ink

	severity [finding.Error + 1]ink
}

func newPalette(on bool) palette {
	return palette{
		heading: newInk(on, color.Bold, color.Underline),
		message: newInk(on, color.Bold),
		rule:    newInk(on, color.Faint),
		gutter:  newInk(on, color.FgBlue, color.Bold),
		note:    newInk(on, color.FgGreen, color.Bold),
		label:   newInk(on, color.Bold),
		clean:   newInk(on, color.FgGreen, color.Bold),
		severity: [...]ink{
			finding.Info:    newInk(on, color.FgCyan, color.Bold),
			finding.Warning: newInk(on, color.FgYellow, color.Bold),
			finding.Error:   newInk(on, color.FgRed, color.Bold),
		},
	}
}
