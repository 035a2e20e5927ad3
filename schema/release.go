package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Release is a Druid release as a number that orders them all: 15 is 0.15.x,
// 28 is 28.x. Patch releases do not change what configuration means, with few
// exceptions that are not worth a second number.
type Release int

// Oldest and Newest are the first and last releases this package knows.
const (
	Oldest Release = 12
	Newest Release = 38
)

// String writes the release as Druid's users do: 0.15, 28.
func (r Release) String() string {
	if r < 24 {
		return "0." + strconv.Itoa(int(r))
	}
	return strconv.Itoa(int(r))
}

// Target is what a tree is written for: a Druid release, perhaps under Imply's
// own number.
type Target struct {
	// Name is how users write it: imply-3.0.19, druid-28.
	Name    string
	Release Release
	Imply   bool
}

// DefaultTarget is assumed when nothing tells: Imply 3.0.19, Druid 0.15.
var DefaultTarget = Target{Name: "imply-3.0.19", Release: 15, Imply: true}

// implyReleases maps Imply x.y to the Druid in it.
var implyReleases = []struct {
	name    string
	release Release
}{
	{"2.7", 12}, {"2.8", 13}, {"2.9", 14}, {"3.0", 15}, {"3.1", 16}, {"3.2", 17}, {"3.3", 18}, {"3.4", 19},
}

// ImplyRange are the releases in Imply's distributions from 2.8 on; the files of
// 2.7 tell it by the names of their classes.
func ImplyRange() Range {
	return Range{From: implyReleases[1].release, Until: implyReleases[len(implyReleases)-1].release}
}

// ParseTarget reads imply-3.0.19, imply-2.7, druid-0.15.1, druid-28.0.1 or a
// bare Druid version. Its error says what there is to choose from.
func ParseTarget(name string) (Target, error) {
	lower := strings.ToLower(strings.TrimSpace(name))
	if version, ok := strings.CutPrefix(lower, "imply-"); ok {
		return parseImply(name, version)
	}
	version := strings.TrimPrefix(lower, "druid-")
	version = strings.TrimSuffix(version, "-incubating")
	release, ok := parseDruid(version)
	switch {
	case !ok || release > Newest:
		return Target{}, fmt.Errorf("unknown target %q: write one of %s", name, strings.Join(TargetNames(), ", "))
	case release < Oldest:
		return Target{}, fmt.Errorf("target %q is too old: implycheck knows Druid from 0.12 on", name)
	}
	return Target{Name: "druid-" + version, Release: release}, nil
}

func parseImply(name, version string) (Target, error) {
	numbers, ok := parseNumbers(version)
	if !ok || len(numbers) < 2 {
		return Target{}, fmt.Errorf("unknown target %q: write one of %s", name, strings.Join(TargetNames(), ", "))
	}
	if numbers[0] < 2 || numbers[0] == 2 && numbers[1] < 7 {
		return Target{}, fmt.Errorf("target %q is too old: implycheck knows Imply from 2.7 on", name)
	}
	short := fmt.Sprintf("%d.%d", numbers[0], numbers[1])
	for _, i := range implyReleases {
		if i.name == short {
			return Target{Name: "imply-" + version, Release: i.release, Imply: true}, nil
		}
	}
	return Target{}, fmt.Errorf("unknown target %q: write one of %s", name, strings.Join(TargetNames(), ", "))
}

// parseDruid reads 0.15.1, 28 or 28.0.1.
func parseDruid(version string) (Release, bool) {
	numbers, ok := parseNumbers(version)
	switch {
	case !ok:
		return 0, false
	case numbers[0] == 0 && len(numbers) > 1 && numbers[1] <= 23:
		return Release(numbers[1]), true
	case numbers[0] >= 24:
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

// TargetNames lists the targets to choose from, oldest first.
func TargetNames() []string {
	names := make([]string, 0, 40)
	for _, i := range implyReleases {
		names = append(names, "imply-"+i.name)
	}
	for r := Oldest; r <= Newest; r++ {
		names = append(names, "druid-"+r.String())
	}
	i := slices.Index(names, "druid-0.12")
	names[i] = "druid-0.12.3"
	return names
}
