package report

import (
	"io"

	"github.com/implycheck/implycheck/internal/diff"
)

// DiffJSON writes the contract of docs/diff.schema.json.
func DiffJSON(w io.Writer, r *diff.Report, _ DiffOptions) error {
	return WriteJSON(w, r)
}
