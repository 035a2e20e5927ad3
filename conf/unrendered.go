package conf

import (
	"fmt"
	"maps"
	"slices"
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
	} else if why, _ := form.Unreadable(s); why != "" {
		l.unrendered = unreadable(join(prefix, s.Path), why)
	}
}

// noteOwnImage remembers a Compose file that starts Druid in a way that is not known.
func (l *listing) noteOwnImage(s *form.Source, prefix string) {
	if how := form.OwnStart(s); how != "" && l.unrendered == nil {
		l.unrendered = unrendered(fmt.Sprintf("%s runs Druid %s: lint the files that it makes, or the running cluster: implycheck lint http://ROUTER:8888", join(prefix, s.Path), how))
	}
}

// noteBroken tells of the files that configure Druid and cannot be read, but of those of
// which their form has told. What lies next to them is read all the same.
func (l *listing) noteBroken(files map[string]*form.Source, told map[string]bool) {
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if s := files[file]; !told[file] && form.Configures(s) {
			if why, line := form.Unreadable(s); why != "" {
				l.keep(Problem{Path: file, Message: why, Line: line})
			}
		}
	}
}

// unrendered is the error of a path that holds nothing but what is yet to be
// rendered or mended.
type unrendered string

// unreadable is that of a file that is about Druid and cannot be read.
func unreadable(path, why string) unrendered { return unrendered(path + " mentions Druid and " + why) }

func (u unrendered) Error() string { return string(u) }

func (u unrendered) Is(target error) bool { return target == ErrNoConfiguration }
