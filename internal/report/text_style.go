package report

import (
	"github.com/implycheck/implycheck/finding"
)

// ink is a colour: what a terminal wants before and after the text.
type ink struct{ before, after string }

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
		heading: newInk(on, bold, underline),
		message: newInk(on, bold),
		rule:    newInk(on, faint),
		gutter:  newInk(on, blue, bold),
		note:    newInk(on, green, bold),
		label:   newInk(on, bold),
		clean:   newInk(on, green, bold),
		severity: [...]ink{
			finding.Info:    newInk(on, cyan, bold),
			finding.Warning: newInk(on, yellow, bold),
			finding.Error:   newInk(on, red, bold),
		},
	}
}
