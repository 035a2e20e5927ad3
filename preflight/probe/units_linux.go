package probe

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/preflight/facts"
)

// unitFolders are where systemd looks, the first before the others.
var unitFolders = []string{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}

// units are those that start Druid or Imply, with what drop-ins add to them.
func (b below) units() []facts.Unit {
	var list []facts.Unit
	var known []string
	for _, folder := range unitFolders {
		for _, path := range b.glob(folder + "/*.service") {
			name := filepath.Base(path)
			text := b.text(path)
			if slices.Contains(known, name) || !startsDruid(text) {
				continue
			}
			known = append(known, name)
			u := facts.Unit{Path: path, Limits: map[string]string{}}
			readUnit(&u, text)
			for _, folder := range unitFolders {
				for _, path := range b.glob(folder + "/" + name + ".d/*.conf") {
					readUnit(&u, b.text(path))
				}
			}
			list = append(list, u)
		}
	}
	return list
}

// startsDruid looks for Druid's and Imply's own programs in what a unit starts.
func startsDruid(text string) bool {
	for line := range strings.Lines(text) {
		if command, ok := strings.CutPrefix(line, "ExecStart="); ok {
			command = strings.ToLower(command)
			return strings.Contains(command, "druid") || strings.Contains(command, "imply")
		}
	}
	return false
}

// readUnit reads what a unit, or a drop-in, says of its user and limits.
func readUnit(u *facts.Unit, text string) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch name {
		case "User":
			u.User = value
		case "LimitNOFILE":
			u.Limits["nofile"] = value
		case "LimitNPROC":
			u.Limits["nproc"] = value
		}
	}
}
