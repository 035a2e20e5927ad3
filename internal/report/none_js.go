package report

import (
	"errors"
	"io"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/sizing"
)

// A page in a browser draws by itself what this package has as plain data. It has no
// use for templates, for colours of terminals, for tables of characters and their widths, nor for the hardware of
// a machine, which are half of what would be downloaded.

var errNone = errors.New("this format is not there in a browser")

// HTML is not there.
func HTML(io.Writer, *finding.Report, Options) error { return errNone }

// PlanHTML is not there.
func PlanHTML(io.Writer, *sizing.Plan, PlanOptions) error { return errNone }

// ClustersHTML is not there.
func ClustersHTML(io.Writer, Clusters) error { return errNone }

// TableOptions say how a table is drawn.
type TableOptions struct {
	Width           int
	Right           []int
	Color, Markdown bool
}

// Table is not there.
func Table(io.Writer, []string, [][]string, TableOptions) error { return errNone }

// attribute would be what a terminal can do to a text; a page has its own style.
type attribute struct{}

var bold, faint, underline, red, green, yellow, blue, magenta, cyan, white attribute

func newInk(bool, ...attribute) ink { return ink{} }

// fingerprints would name findings, for formats that are not written here.
type fingerprints map[string]int

func (fingerprints) of(*finding.Finding) string { return "" }

// screen would measure runes.
var screen runes

type runes struct{}

func (runes) RuneWidth(rune) int { return 1 }

func columns(s string) int { return len([]rune(s)) }
