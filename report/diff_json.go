package report

import (
	"encoding/json"
	"io"

	"github.com/implycheck/implycheck/difference"
)

// DiffJSON writes the contract of docs/diff.schema.json.
func DiffJSON(w io.Writer, r *difference.Report, _ DiffOptions) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
