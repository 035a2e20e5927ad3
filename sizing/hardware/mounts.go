package hardware

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// mount is a line of /proc/self/mountinfo, which proc_pid_mountinfo(5) explains.
type mount struct {
	device string // major:minor
	root   string // the folder of the file system that is mounted
	point  string // where
	kind   string // ext4, cgroup2, ...
	source string // /dev/sda1
	super  []string
	own    []string // the options of this place: rw, noexec, ...
	locked bool     // read-only
}

// Mount is a file system and where it hangs.
type Mount struct {
	// Device is its number, major:minor: two folders with the same share their space.
	Device string
	Point  string
	Kind   string
	Source string
	// Options are those of the place and of the file system: ro, noexec, ...
	Options []string
}

// MountOf is what an absolute path is on: of the mounts above it the nearest, and of
// several at one place the last. It is false where nothing tells.
func MountOf(root, path string) (Mount, bool) {
	var best mount
	for _, m := range readMounts(root) {
		if len(m.point) < len(best.point) {
			continue
		}
		if _, inside := below(m.point, path); inside {
			best = m
		}
	}
	options := slices.Concat(best.own, best.super)
	return Mount{Device: best.device, Point: best.point, Kind: best.kind, Source: best.source, Options: options}, best.point != ""
}

func readMounts(root string) []mount {
	return parseMounts(readText(root, "/proc/self/mountinfo"))
}

func parseMounts(text string) []mount {
	var list []mount
	for line := range strings.Lines(text) {
		if m, ok := parseMount(strings.Fields(line)); ok {
			list = append(list, m)
		}
	}
	return list
}

// parseMount reads "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root
// rw": the fields before the dash vary in number.
func parseMount(fields []string) (mount, bool) {
	dash := slices.Index(fields, "-")
	if dash < 6 || len(fields) < dash+4 {
		return mount{}, false
	}
	after := fields[dash+1:]
	return mount{
		device: fields[2], root: unescape.Replace(fields[3]), point: unescape.Replace(fields[4]),
		kind: after[0], source: unescape.Replace(after[1]), super: strings.Split(after[2], ","),
		own:    strings.Split(fields[5], ","),
		locked: slices.Contains(strings.Split(fields[5], ","), "ro"),
	}, true
}

var unescape = lazy.Replacer{Pairs: []string{`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`}}
