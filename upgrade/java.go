package upgrade

import (
	"fmt"
	"slices"
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
		Since:    u.firstChange(func(r schema.Release) bool { return slices.Equal(schema.JavaVersions(r), was) }),
		Evidence: "docs/operations/java.md and the upgrade notes of each release",
		Finding: finding.Finding{
			Tree: u.after.Path, Severity: finding.Info,
			Message: fmt.Sprintf("Druid %s runs on Java %s, Druid %s on Java %s", u.from(), versions(was), u.to(), versions(becomes)),
		},
	}
	if !slices.ContainsFunc(was, func(v int) bool { return slices.Contains(becomes, v) }) {
		i.Severity = finding.Error
		i.Effect = "No process starts with the Java of before."
		i.Help = "Install Java " + versions(becomes) + " on every server first."
	}
	u.items = append(u.items, i)
}

func versions(list []int) string {
	return strings.Join(strings.Fields(strings.Trim(fmt.Sprint(list), "[]")), ", ")
}
