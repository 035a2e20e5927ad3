package lint

import (
	"context"
	"errors"

	"github.com/implycheck/implycheck/finding"
)

// leaveOutOld would ask git, which a browser has not.
func (*linter) leaveOutOld(context.Context, *finding.Report) error {
	return errors.New("--new-from: there is no git in a browser")
}
