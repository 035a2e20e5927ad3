package conf

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/conf/form"
)

// noteUnrendered remembers the first file that cannot be read as it is: that a tool has
// to render, or whose author has to mend it.
func (l *listing) noteUnrendered(s *form.Source, prefix string) {
	if l.unrendered != nil {
		return
	}
	if kind, dir := form.Unrendered(s); kind != "" {
		l.unrendered = unrendered(fmt.Sprintf(kind, strings.TrimSuffix(join(prefix, dir), "/templates")))
	} else if why := form.Unreadable(s); why != "" {
		l.unrendered = unrendered(fmt.Sprintf("%s mentions Druid and cannot be read as YAML: %s", join(prefix, s.Path), why))
	}
}

// unrendered is the error of a path that holds nothing but what is yet to be
// rendered or mended.
type unrendered string

func (u unrendered) Error() string { return string(u) }

func (u unrendered) Is(target error) bool { return target == ErrNoConfiguration }
