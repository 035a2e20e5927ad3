package schema

import "fmt"

// implyReleases maps Imply x.y to the Druid in it: the branches of
// implydata/druid-public are called after both up to 3.4. Of 4.x it is public
// that it followed in the autumn of 2020.
var implyReleases = []struct {
	name          string
	first, newest Release
}{
	{"2.7", 12, 12}, {"2.8", 13, 13}, {"2.9", 14, 14}, {"3.0", 15, 15}, {"3.1", 16, 16}, {"3.2", 17, 17}, {"3.3", 18, 18}, {"3.4", 19, 19},
	{"4.0", 20, 21}, {"4.1", 20, 21},
}

// nextRelease says from which month on Druid's main branch was on the way to a
// release (the commits that raise the version in pom.xml). Imply's releases since
// December 2020 are called after their month, and no page says which Druid they
// hold: it is the release that was on its way then, or the one before.
var nextRelease = []struct {
	year, month int
	release     Release
}{
	{2020, 11, 21}, {2021, 2, 22}, {2021, 10, 23}, {2022, 5, 24}, {2022, 9, 25}, {2022, 12, 26}, {2023, 5, 27}, {2023, 8, 28}, {2023, 11, 29},
	{2024, 2, 30}, {2024, 5, 31}, {2024, 10, 32}, {2025, 2, 33}, {2025, 5, 34}, {2025, 8, 35}, {2025, 11, 36},
}

// parseImply reads 3.0.19, 2.7 or 2023.01.2.
func parseImply(name, version string) (Target, error) {
	numbers, ok := parseNumbers(version)
	if !ok || len(numbers) < 2 {
		return Target{}, unknownTarget(name)
	}
	if numbers[0] < 2 || numbers[0] == 2 && numbers[1] < 7 {
		return Target{}, fmt.Errorf("target %q is too old: implycheck knows Imply from 2.7 on", name)
	}
	target := Target{Name: "imply-" + version, Imply: true}
	if numbers[0] >= 2020 {
		target.Release, target.Newest, ok = releasesOfMonth(numbers[0], numbers[1])
	} else {
		target.Release, target.Newest, ok = releasesOf(fmt.Sprintf("%d.%d", numbers[0], numbers[1]))
	}
	if !ok {
		return Target{}, unknownTarget(name)
	}
	return target, nil
}

func releasesOf(short string) (first, newest Release, ok bool) {
	for _, i := range implyReleases {
		if i.name == short {
			return i.first, i.newest, true
		}
	}
	return 0, 0, false
}

func releasesOfMonth(year, month int) (first, newest Release, ok bool) {
	if month < 1 || month > 12 || year > 2025 {
		return 0, 0, false
	}
	for _, n := range nextRelease {
		if n.year < year || n.year == year && n.month <= month {
			newest = n.release
		}
	}
	return newest - 1, newest, newest > 0
}
