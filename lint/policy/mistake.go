package policy

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/errors"

	"github.com/implycheck/implycheck/internal/disk"
)

// mistake is what is wrong with a policy, and where.
type mistake struct{ at, message string }

func (m *mistake) Error() string { return "policy " + m.at + ": " + m.message }

// broken says in one line what is wrong with a policy, and where; path is the
// policy, for the few mistakes that CUE does not say the place of.
func broken(err error, path string) error {
	first := errors.Errors(err)[0]
	format, args := first.Msg()
	message := fmt.Sprintf(format, args...)
	if labels := first.Path(); len(labels) > 0 {
		message = strings.Join(labels, ".") + ": " + message
	}
	for _, pos := range errors.Positions(first) {
		if pos.Filename() != "" {
			return &mistake{position(pos), message}
		}
	}
	return &mistake{path, message}
}

// unquoted is an error without the text of the policy, unless the user names it:
// who sees the error need not be who may read the file.
func unquoted(err error, policy disk.Name) error {
	var m *mistake
	if policy.Trusted() || !errors.As(err, &m) {
		return err
	}
	return &mistake{m.at, "there is a mistake here; implycheck lint --policy " + policy.String() + " says which"}
}

// mistakeOf is an error as the worker hands it over.
func mistakeOf(err error, path string) answer {
	var m *mistake
	if !errors.As(err, &m) {
		return answer{At: path, Error: strings.TrimPrefix(err.Error(), "policy "+path+": ")}
	}
	return answer{At: m.at, Error: m.message}
}
