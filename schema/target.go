package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Target is what a tree is written for: a Druid release, perhaps under Imply's
// own number.
type Target struct {
	// Name is how users write it: imply-3.0.19, druid-28.
	Name    string
	Release Release
	// Newest is the last release that it may be, where Imply's number does not
	// tell exactly; 0 where it does.
	Newest Release
	Imply  bool
}

// DefaultTarget is assumed when nothing tells: Imply 3.0.19, Druid 0.15.
var DefaultTarget = Target{Name: "imply-3.0.19", Release: 15, Imply: true}

// Possible are the releases that the target may mean.
func (t Target) Possible() Range { return Range{From: t.Release, Until: max(t.Release, t.Newest)} }

// ParseTarget reads imply-3.0.19, imply-2023.01, druid-0.15.1, druid-28.0.1, the
// name of an image such as apache/druid:28.0.1, or a bare Druid version. Its
// error says what there is to choose from.
func ParseTarget(name string) (Target, error) {
	lower := targetOfImage(strings.ToLower(strings.TrimSpace(name)))
	if version, ok := strings.CutPrefix(lower, "imply-"); ok {
		return parseImply(name, version)
	}
	version := strings.TrimPrefix(lower, "druid-")
	version = strings.TrimSuffix(version, "-incubating")
	release, ok := ParseRelease(version)
	switch {
	case !ok || strings.Contains(version, "-"):
		return Target{}, unknownTarget(name)
	case release < Oldest:
		return Target{}, fmt.Errorf("target %q is too old: implycheck knows Druid from %s on", name, Oldest)
	}
	return Target{Name: "druid-" + version, Release: release}, nil
}

// targetOfImage is druid-28.0.1 for docker.io/apache/druid:28.0.1@sha256:...; what
// is no image stays as it is.
func targetOfImage(name string) string {
	image, _, _ := strings.Cut(name, "@")
	repository, tag, ok := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	tag, _, _ = strings.Cut(tag, "-") // 0.16.0-incubating, 28.0.1-jdk17
	switch {
	case !ok:
		return name
	case strings.Contains(repository, "imply"):
		return "imply-" + tag
	case strings.Contains(repository, "druid"):
		return "druid-" + tag
	}
	return name
}

func unknownTarget(name string) error {
	return fmt.Errorf("unknown target %q: write one of %s", name, strings.Join(TargetNames(), ", "))
}

// TargetNames lists the targets to choose from, oldest first; of Imply's monthly
// releases only those with long term support.
func TargetNames() []string {
	names := make([]string, 0, 50)
	for _, i := range implyReleases {
		names = append(names, "imply-"+i.name)
	}
	for year := 2021; year <= 2025; year++ {
		names = append(names, fmt.Sprintf("imply-%d.01", year))
	}
	for r := Oldest; r <= Newest; r++ {
		names = append(names, "druid-"+r.String())
	}
	i := slices.Index(names, "druid-"+Oldest.String())
	names[i] = "druid-" + OldestName
	return names
}
