package schema

import (
	"strconv"
	"strings"
)

// Release is a Druid release as a number that orders them all: 15 is 0.15.x,
// 28 is 28.x. Patch releases do not change what configuration means, with few
// exceptions that are not worth a second number.
type Release int

// Oldest and Newest are the first and last releases this package knows. Of those
// from First on it knows a few properties that were gone by Oldest.
const (
	First  Release = 6
	Oldest Release = 12
	Newest Release = 38
)

// OldestName is the very release that is meant by Oldest.
const OldestName = "0.12.3"

// String writes the release as Druid's users do: 0.15, 28.
func (r Release) String() string {
	if r < 24 {
		return "0." + strconv.Itoa(int(r))
	}
	return strconv.Itoa(int(r))
}

// ParseRelease reads the release in a version such as 0.15.1-incubating, 28.0.1
// or 0.7.1.1; false if it is none from First to Newest.
func ParseRelease(version string) (Release, bool) {
	version, _, _ = strings.Cut(version, "-")
	numbers, ok := parseNumbers(version)
	switch {
	case !ok:
		return 0, false
	case numbers[0] == 0 && len(numbers) > 1 && Release(numbers[1]) >= First && numbers[1] <= 23:
		return Release(numbers[1]), true
	case numbers[0] >= 24 && Release(numbers[0]) <= Newest:
		return Release(numbers[0]), true
	}
	return 0, false
}

func parseNumbers(version string) ([]int, bool) {
	parts := strings.Split(version, ".")
	if len(parts) > 4 {
		return nil, false
	}
	numbers := make([]int, len(parts))
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || strings.HasPrefix(part, "+") {
			return nil, false
		}
		numbers[i] = n
	}
	return numbers, true
}
