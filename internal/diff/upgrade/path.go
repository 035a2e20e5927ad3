package upgrade

import (
	"fmt"
	"slices"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// way adds how to get from the one release to the other: where Java has to change on
// the way, and in which order the processes are replaced.
func (u *upgrade) way() {
	if u.from() >= u.to() {
		return
	}
	for at := u.from(); !shareJava(at, u.to()); {
		next := at
		for r := at + 1; r < u.to(); r++ {
			if shareJava(at, r) && beyond(at, r) {
				next = r
			}
		}
		if next == at {
			break // no release runs on the Java of both sides
		}
		java := gained(at, next)
		if both := keep(java, func(v int) bool { return slices.Contains(schema.JavaVersions(u.to()), v) }); len(both) > 0 {
			java = both
		}
		u.step(next, fmt.Sprintf("Druid %s runs on Java %s, as Druid %s does, and on Java %s: Java can be changed there by itself", next, versions(javaOfBoth(at, next)), at, versions(java)),
			fmt.Sprintf("Upgrade to %s, then Java to %d on one server after the other, and then go on.", next, java[0]),
			"docs/operations/java.md and bin/verify-java of the releases between them")
		at = next
	}
	u.step(0, "In a rolling upgrade replace Historicals first, then MiddleManagers and Indexers, Brokers, Routers, Overlords, and Coordinators last",
		"Back the metadata store up before; a downgrade goes in the reverse order.", "docs/operations/rolling-updates.md, 38")
}

func (u *upgrade) step(r schema.Release, message, help, evidence string) {
	i := Item{
		Kind: Step, Evidence: evidence,
		Finding: finding.Finding{Tree: u.after.Path, Severity: finding.Info, Message: message, Help: help},
	}
	if r > 0 {
		i.Since = r.String()
	}
	u.items = append(u.items, i)
}

func shareJava(a, b schema.Release) bool { return len(javaOfBoth(a, b)) > 0 }

// beyond reports whether a release runs on a Java that the one before does not know.
func beyond(a, b schema.Release) bool { return len(gained(a, b)) > 0 }

func javaOfBoth(a, b schema.Release) []int {
	return keep(schema.JavaVersions(a), func(v int) bool { return slices.Contains(schema.JavaVersions(b), v) })
}

func gained(a, b schema.Release) []int {
	return keep(schema.JavaVersions(b), func(v int) bool { return !slices.Contains(schema.JavaVersions(a), v) })
}

func keep(list []int, wanted func(int) bool) (kept []int) {
	for _, v := range list {
		if wanted(v) {
			kept = append(kept, v)
		}
	}
	return kept
}
