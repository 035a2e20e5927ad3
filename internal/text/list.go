package text

import (
	"fmt"
	"strings"
)

// List writes names as people do: a, b and c.
func List(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// Count is a number with its noun: 1 monitor, 2 monitors.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Some is List of the first names, and how many more there are.
func Some(names []string, most int) string {
	if len(names) <= most+1 {
		return List(names)
	}
	return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
}
