package upgrade

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// java adds the Java that the new version needs, where it is not the old one.
func (u *upgrade) java() {
	was, becomes := schema.JavaVersions(u.from()), schema.JavaVersions(u.to())
	if slices.Equal(was, becomes) {
		return
	}
	i := Item{
		Kind: Java, Was: versions(was), Becomes: versions(becomes),
		Evidence: "docs/operations/java.md, docs/release-info/upgrade-notes.md, 38; examples/bin/verify-java, 0.12.3 to 38",
		Finding: finding.Finding{
			Tree: u.after.Path, Severity: finding.Info,
			Message: fmt.Sprintf("Druid %s runs on Java %s, Druid %s on Java %s", u.from(), versions(was), u.to(), versions(becomes)),
			Help:    "Nothing, if every server has one that both run on.",
		},
	}
	still := func(r schema.Release) bool {
		return slices.ContainsFunc(was, func(v int) bool { return slices.Contains(schema.JavaVersions(r), v) })
	}
	if !still(u.to()) {
		i.Severity = finding.Error
		i.Since = u.firstChange(still)
		i.Effect = "bin/verify-java stops every start with the Java of before."
		i.Help = "Install Java " + versions(becomes) + ", and start Druid " + u.to().String() + " with it; Druid " + u.from().String() + " does not run on it."
	}
	u.items = append(u.items, i)
}

func versions(list []int) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = strconv.Itoa(v)
	}
	return strings.Join(texts, " or ")
}
